"""Labs and their grading: a master becomes a student's notebook, submissions become marks and feedback."""
