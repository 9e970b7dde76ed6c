# methods of an object
class Way:
    def put(self, loaf, s, rack):
        s.empty.P()
        rack[0] = loaf
        s.full.V()

    def take(self, s, rack):
        s.full.P()
        try:
            return rack[0]
        finally:
            s.empty.V()


def semaphores():
    return dict(full=0, empty=1)


way = Way()
put, take = way.put, way.take
