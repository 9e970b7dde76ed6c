#!/bin/sh
# Pages are executed again when their own cells change. What they import or include is not seen by that cache,
# so forget all runs when ipclab, a listed program or a requirement is another than at the last build.
set -eu
cd "$(dirname "$0")/.."
now=$(find ipclab book/programs book/_data book/page.py book/_ext requirements.txt _config.yml -type f ! -path '*/__pycache__/*' ! -name '*.so' -exec cksum {} + | sort | cksum)
mkdir -p _build
if [ "$(cat _build/ran_with 2>/dev/null)" != "$now" ]; then
    rm -rf _build/.jupyter_cache _build/.doctrees _build/.sphinx _build/html/.doctrees
    echo "$now" > _build/ran_with
fi

# A changed table of contents is in the sidebar of every page, and Sphinx writes only changed pages anew.
contents=$(cksum < book/_toc.yml)
if [ "$(cat _build/listed_by 2>/dev/null)" != "$contents" ]; then
    rm -rf _build/.doctrees _build/html/.doctrees
    echo "$contents" > _build/listed_by
fi
