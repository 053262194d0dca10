/** Version of what the agent and the host say to each other; part of every report. */
export const agentVersion = 1

/**
 * Process 1 of a test guest.
 *
 * It loads the drivers, copies what the kernel says about the machine into an archive, prints that
 * archive in a frame on the console, and then obeys one command a line. It does not interpret what
 * it sees: `parseReport` does that on the host, where there is a real language and a debugger.
 *
 * Kernel parameters: `polyvirt.nonce=WORD` is repeated in the frame, `polyvirt.console=ttyS1` says
 * where to talk, `polyvirt.modules=a,b` names drivers that no device asks for, and
 * `polyvirt.action=poweroff` (`reboot`, `crash`) is a first command.
 */
export const agentScript: string = String.raw`#!/bin/sh
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev 2>/dev/null
# From here on only the kernel's last words may come between ours.
echo 1 >/proc/sys/kernel/printk

# Seconds since boot at which each stage was over: a slow guest can say where its time went.
marks=
mark() {
  read -r up rest </proc/uptime
  marks="$marks $1=$up"
}
mark start

nonce=-
action=
modules=
talk=
read -r words </proc/cmdline
for word in $words; do
  case $word in
    polyvirt.nonce=*) nonce=${'$'}{word#*=} ;;
    polyvirt.action=*) action=${'$'}{word#*=} ;;
    polyvirt.modules=*) modules=${'$'}{word#*=} ;;
    polyvirt.console=*) talk=${'$'}{word#*=} ;;
  esac
done

# A serial line where there is one: a screen is nothing that a program could read.
pick_console() {
  read -r active </sys/class/tty/console/active
  for name in $active; do
    case $name in tty[0-9]*) ;; *) talk=$name ;; esac
  done
  [ -n "$talk" ] && return
  for name in hvc0 hvsi0 ttysclp0 ttyAMA0; do
    [ -c /dev/$name ] && { talk=$name; return; }
  done
  for type in /sys/class/tty/ttyS*/type; do
    [ -r "$type" ] || continue
    read -r kind <$type
    [ "$kind" != 0 ] && { talk=${'$'}{type%/type}; talk=${'$'}{talk##*/}; return; }
  done
  talk=console
}
[ -n "$talk" ] || pick_console
exec </dev/$talk >/dev/$talk 2>&1
# The terminal would echo a command while its reply is being written, in the middle of a line.
stty -echo

# Whether a disk or a drive is known to its bus and not yet to its driver, or a USB device that is there
# has not told yet what it is: on a slow guest there are seconds in which nothing else changes.
pending() {
  for type in /sys/bus/scsi/devices/*:*:*:*/type; do
    [ -r "$type" ] || continue
    read -r kind <$type
    case $kind in 0 | 5) [ -d "${'$'}{type%/type}/block" ] || return 0 ;; esac
  done
  for interface in /sys/bus/usb/drivers/usb-storage/*:*; do
    [ -d "$interface" ] || continue
    set -- "$interface"/host*/target*
    [ -d "$1" ] || return 0
  done
  for device in /sys/bus/usb/devices/*-*; do
    case $device in *:*) continue ;; esac
    [ -d "$device" ] || continue
    set -- "$device"/*:*
    [ -d "$1" ] || return 0
  done
  return 1
}

# Loads the drivers of whatever devices are here. Driving one may bring up others (a disk behind its
# controller), and buses are scanned in the background: done when nothing new has come for so many looks.
known=
settle() {
  last=
  same=0
  tries=0
  # Not empty, because grep would take an empty list of patterns for a missing one.
  echo asked: >>/tmp/asked
  while { [ $same -lt $1 ] || pending; } && [ $tries -lt 120 ]; do
    new=
    devices=$(cat /sys/bus/*/devices/*/modalias /sys/class/input/*/modalias 2>/dev/null)
    # Sorting them is the greater part of a look, and most of the time nothing has come.
    if [ "$devices" != "$known" ]; then
      echo "$devices" | grep -v -e '^cpu:' -e '^of:Ncpu' | sort -u >/tmp/devices
      new=$(grep -vxFf /tmp/asked /tmp/devices)
      cat /tmp/devices >>/tmp/asked
      known=$devices
    fi
    set -- $1 /sys/class/block/* /sys/class/input/* /sys/class/net/*
    if [ "$new$*" = "$last" ]; then
      same=$((same + 1))
      { [ $same -lt $1 ] || pending; } && usleep 150000
    else
      # Patterns are the driver's, not the shell's.
      set -f
      [ -n "$new" ] && modprobe -a -q -- $new
      set +f
      same=0
      last=$*
    fi
    tries=$((tries + 1))
  done
}

snapshot() {
  rm -rf /tmp/report
  mkdir -p /tmp/report/files /tmp/report/links /tmp/report/drivers
  cd /tmp/report/files
  cp --parents /proc/cpuinfo /proc/cmdline /proc/meminfo /proc/version /proc/uptime /proc/sysinfo \
    /proc/consoles /proc/modules /proc/iomem /proc/ioports /proc/interrupts \
    /proc/bus/input/devices /proc/sys/kernel/osrelease /proc/sys/kernel/random/boot_id \
    /sys/kernel/cpu_byteorder /sys/devices/system/cpu/online /sys/devices/system/cpu/possible \
    /sys/devices/system/cpu/present /sys/devices/system/cpu/cpu[0-9]*/topology/* \
    /sys/devices/system/node/online /sys/devices/system/node/node*/cpulist \
    /sys/devices/system/node/node*/meminfo /sys/devices/system/node/node*/distance \
    /sys/devices/system/node/node*/hugepages/*/nr_hugepages \
    /sys/devices/system/cpu/cpu[0-9]*/online /sys/devices/system/cpu/cpu[0-9]*/cache/index*/* \
    /sys/devices/system/cpu/vulnerabilities/* /sys/devices/system/cpu/smt/* \
    /sys/devices/system/cpu/dispatching \
    /sys/kernel/mm/hugepages/*/nr_hugepages \
    /sys/devices/system/memory/block_size_bytes \
    /sys/devices/system/clocksource/clocksource0/*_clocksource \
    /sys/bus/pci/devices/*/vendor /sys/bus/pci/devices/*/device /sys/bus/pci/devices/*/class \
    /sys/bus/pci/devices/*/subsystem_vendor /sys/bus/pci/devices/*/subsystem_device \
    /sys/bus/pci/devices/*/revision \
    /sys/bus/vio/devices/*/name /sys/bus/vio/devices/*/devspec /sys/bus/vio/devices/*/modalias \
    /sys/bus/ccw/devices/*/cutype /sys/bus/ccw/devices/*/devtype /sys/bus/ccw/devices/*/online \
    /sys/bus/usb/devices/*/idVendor /sys/bus/usb/devices/*/idProduct \
    /sys/bus/usb/devices/*/product /sys/bus/usb/devices/*/manufacturer \
    /sys/bus/usb/devices/*/serial /sys/bus/usb/devices/*/speed \
    /sys/bus/virtio/devices/*/device /sys/bus/virtio/devices/*/features \
    /sys/bus/scsi/devices/*/vendor /sys/bus/scsi/devices/*/model /sys/bus/scsi/devices/*/type \
    /sys/bus/scsi/devices/*/vpd_pg80 /sys/bus/scsi/devices/*/wwid \
    /sys/class/block/*/size /sys/class/block/*/ro /sys/class/block/*/removable \
    /sys/class/block/*/serial /sys/class/block/*/wwid /sys/bus/acpi/devices/*/hid \
    /sys/class/block/*/queue/logical_block_size /sys/class/block/*/queue/physical_block_size \
    /sys/class/net/*/address /sys/class/net/*/mtu /sys/class/net/*/type \
    /sys/class/input/input*/name /sys/class/input/input*/id/* \
    /sys/class/tty/*/type /sys/class/tty/console/active \
    /sys/class/misc/hw_random/rng_current /sys/class/misc/hw_random/rng_available \
    /sys/class/watchdog/*/identity /sys/class/watchdog/*/timeout \
    /sys/class/virtio-ports/*/name /sys/class/rtc/*/name /sys/class/rtc/*/since_epoch \
    /sys/class/tpm/*/tpm_version_major /sys/class/graphics/*/name /sys/kernel/iommu_groups/*/type \
    /sys/devices/virtual/dmi/id/* /sys/firmware/dmi/tables/* /sys/devices/pci*/*/capability \
    . 2>/dev/null
  [ -d /proc/device-tree ] && cp -r --parents /sys/firmware/devicetree/base . 2>/dev/null
  # A link to each device tells where it hangs; a link in each device, what drives it. Two trees,
  # because in one the first would stand in the way of the second.
  cd ../links
  cp -d --parents /sys/bus/[hipsuv]*/devices/* /sys/bus/ccw/devices/* /sys/class/block/* /sys/class/net/* \
    /sys/class/input/* /sys/class/tty/* /sys/class/watchdog/* /sys/class/virtio-ports/* \
    /sys/class/sound/* /sys/class/drm/* /sys/class/graphics/* /sys/class/tpm/* \
    /sys/class/rtc/* . 2>/dev/null
  cd ../drivers
  cp -d --parents /sys/bus/[hipsuv]*/devices/*/driver /sys/bus/ccw/devices/*/driver . 2>/dev/null
  cd ..
  uname -m >machine
  echo "$talk" >console
  date +%s >clock
  mark copy
  echo "$marks" >marks
  echo /sys/firmware/acpi/tables/* >acpi
  [ -d /sys/firmware/efi ] && echo efi >efi
  find . | cpio -o -H newc 2>/dev/null | gzip -c | base64 >/tmp/report.txt
  cd /
}

report() {
  snapshot
  echo
  echo "=== polyvirt report begin $nonce ==="
  awk '{ print NR " " $0 }' /tmp/report.txt
  set -- $(sha256sum /tmp/report.txt)
  echo "=== polyvirt report end $nonce $1 ==="
}

power_off() {
  echo "=== polyvirt powering off ==="
  sync
  poweroff -f
}

# Nobody else here would answer the power button.
watch_power_button() {
  for name in /sys/class/input/event*/device/name; do
    [ -r "$name" ] || continue
    read -r label <$name
    [ "$label" = 'Power Button' ] || continue
    event=${'$'}{name%/device/name}
    (head -c 1 "/dev/input/${'$'}{event##*/}" >/dev/null && power_off) </dev/null &
  done
}

# What udev does elsewhere when devices come: their drivers, and processors that wait to be used.
take_up() {
  settle 1
  for online in /sys/devices/system/cpu/cpu*/online; do
    [ -r "$online" ] || continue
    read -r state <$online
    [ "$state" = 1 ] || echo 1 >$online
  done
}

replies=0
reply() {
  replies=$((replies + 1))
  echo "=== polyvirt reply $replies begin ==="
  "$@"
  echo "=== polyvirt reply $replies end $? ==="
}

obey() {
  case $1 in
    '') ;;
    poweroff) power_off ;;
    reboot) echo "=== polyvirt rebooting ==="; sync; reboot -f ;;
    crash) echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger ;;
    report) settle 3; report ;;
    settle) reply take_up </dev/null ;;
    echo) reply echo "$2" ;;
    cat) reply cat "$2" </dev/null ;;
    run) reply sh -c "$2" </dev/null ;;
    *) echo "polyvirt guest: no such command; try: report, settle, echo TEXT, cat PATH, run CMD, reboot, poweroff, crash" ;;
  esac
}

IFS=,
for module in $modules; do modprobe -q "$module"; done
unset IFS
settle 3
mark settle
watch_power_button
# What a distribution would keep running, where the image has it.
[ -x /sbin/helpers ] && /sbin/helpers
report
obey "$action"
echo "=== polyvirt ready ==="
while true; do
  if read -r word rest; then obey "$word" "$rest"; else sleep 1; fi
done
`
