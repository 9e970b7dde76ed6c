#!/bin/bash
# The engine's tests on an emulated Arm machine: `make arm`, or with what pytest shall run there:
#
#     tests/arm.sh tests/mechanisms/test_ring.py -x
#
# Debian's arm64 kernel and its Python 3.11 run in QEMU, from memory. Sizes, numbers of system calls, the ring's fences,
# membarrier(2) and all kernel objects are those of Arm. The order in which memory is seen is not: on x86-64 the
# emulator keeps that of x86-64. The machine is made once, in a cache folder; MIRROR=... says from where.
set -eu -o pipefail
cd "$(dirname "$0")/.."

say_and_stop() { echo "arm: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || say_and_stop "only root can make the machine's files (debootstrap)."
for tool in debootstrap qemu-system-aarch64 cpio git; do
    type "$tool" >/dev/null 2>&1 || say_and_stop "$tool is missing; install it" \
        "(Debian and Ubuntu: apt install debootstrap qemu-system-arm cpio git)."
done

machine=${XDG_CACHE_HOME:-$HOME/.cache}/ipclab/arm
packages="cloudpickle|execnet|iniconfig|packaging|pluggy|posix-ipc|psutil|pygments|pytest|pytest-xdist|sysv-ipc"

make_machine() {                     # nothing is set up by dpkg there: emulated that would take longer than the tests
    rm -rf "$machine"; mkdir -p "$machine"
    debootstrap --foreign --arch=arm64 --variant=minbase --include=python3,gcc,libc6-dev,strace,kmod,linux-image-arm64 \
        bookworm "$machine/root" ${MIRROR:-}
    cd "$machine/root"
    for package in var/cache/apt/archives/*.deb; do dpkg-deb --extract "$package" .; done
    mv boot/vmlinuz-* "$machine/kernel"
    find lib/modules/*/kernel -name '*.ko' ! -name unix_diag.ko -delete
    rm -rf boot debootstrap var/cache/apt var/lib/apt usr/share/{doc,locale,man,zoneinfo}
    cp usr/share/base-passwd/passwd.master etc/passwd; cp usr/share/base-passwd/group.master etc/group
    ln -sf gcc usr/bin/cc
    cd - >/dev/null
    "${VENV:-.venv}/bin/python" -m pip install --disable-pip-version-check --quiet --no-deps --only-binary=:all: \
        --python-version 3.11 --platform manylinux2014_aarch64 --platform manylinux_2_28_aarch64 \
        --target "$machine/root/opt/site" --requirement <(grep -E "^($packages)==" requirements.txt)
    printf '/opt/site\n/work\n' > "$machine/root/usr/lib/python3/dist-packages/ipclab.pth"
    pack "$machine/root" > "$machine/files" && rm -r "$machine/root"
}

pack() { (cd "$1" && find . -print0 | cpio --null --create --format=newc --quiet); }

first_process() {                    # what runs there: mounts, the loopback interface up, the tests, off
    cat <<'INIT'
#!/bin/bash
export PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LC_ALL=C.UTF-8 TERM=dumb
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mkdir -p /dev/{shm,mqueue,pts}
for at in tmpfs:/dev/shm mqueue:/dev/mqueue devpts:/dev/pts tmpfs:/tmp tmpfs:/run; do
    mount -t ${at%:*} none ${at#*:}
done
depmod; echo 127.0.0.1 localhost > /etc/hosts
python3 -c "import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh14x', b'lo', 1))      # SIOCSIFFLAGS, IFF_UP"
INIT
    printf 'cd /work; uname -srm; python3 -m pytest -n 2 --dist loadfile %s && echo "arm: passed"\n' "${*@Q}"
    echo 'echo o > /proc/sysrq-trigger; sleep infinity'
}

[ -f "$machine/files" ] || make_machine
now=$(mktemp -d); trap 'rm -rf "$now"' EXIT
mkdir -p "$now/more/work"
git ls-files -z --cached --others --exclude-standard | tar c --null --files-from=- | tar x --directory "$now/more/work"
[ $# -gt 0 ] || set -- tests/mechanisms tests/kernel
first_process "$@" > "$now/more/init"; chmod +x "$now/more/init"
pack "$now/more" | cat "$machine/files" - > "$now/memory"
qemu-system-aarch64 -M virt,gic-version=3 -cpu max,pauth-impdef=on -smp 2 -m 4G -nographic -nic none -no-reboot \
    -kernel "$machine/kernel" -initrd "$now/memory" \
    -append "console=ttyAMA0 quiet panic=-1" </dev/null | tee "$now/said"
grep -q "^arm: passed" "$now/said"
