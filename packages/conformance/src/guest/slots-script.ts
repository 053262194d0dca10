/**
 * What `pciehp` is in most kernels, as far as a device needs it to come and to go: a slot whose button is
 * pressed while it is off is turned on and looked into, and one that is on is emptied and turned off.
 *
 * Debian's kernels for RISC-V are built without `CONFIG_HOTPLUG_PCI` (6.12 of trixie and 7.2 of forky): a
 * device that is plugged into a root port stays in a slot without power, and none that is asked for is let go.
 * What the board does for it is to be seen all the same, so it is asked from user space.
 *
 * `SYS` is the root of sysfs, and `watch_slots` never ends; `answer_slots` is one look at all slots.
 */
export const slotsScript: string = String.raw`
SYS=${'$'}{SYS:-/sys}

# Ports whose slots ask for something, as NUMBER OFFSET STATUS IS_OFF: the place of its slot control register,
# the low byte of its slot status (1: the button was pressed, 8: it was filled or emptied, 64: it is full).
asking_slots() {
  head -q -c 256 $ports | od -An -v -tu1 -w256 | awk '{
    for (at = $53 + 0; at > 0 && $(at + 1) != 16; at = $(at + 2)) if (tries[NR]++ > 48) at = 0
    if (at == 0 || $(at + 4) % 2 == 0 || int($(at + 21) / 64) % 2 == 0) next
    status = $(at + 27)
    if (status % 2 == 1 || int(status / 8) % 2 == 1) print NR, at + 24, status, int($(at + 26) / 4) % 2
  }'
}

# Both bytes of a register at once: each of them alone would be an order of its own.
write_slot() {
  printf "$3" | dd of="$1" bs=2 seek=$(($2 / 2)) conv=notrunc 2>/dev/null
}

answer_slots() {
  asking_slots | while read -r number offset status is_off; do
    set -- $ports
    shift $((number - 1))
    port=${'$'}{1%/config}
    # What was told is taken back before it is acted on, so that nothing that comes meanwhile is lost. For a
    # bit that was not set, QEMU takes back none: the button would be pressed for ever.
    write_slot "$1" $((offset + 2)) "$(printf '\\%03o\\000' $((status & 31)))"
    if [ $is_off = 1 ]; then
      [ $((status & 64)) = 0 ] && continue
      write_slot "$1" $offset '\300\001'
      for bus in "$port"/pci_bus/*; do echo 1 >"$bus/rescan"; done
    elif [ $((status & 1)) = 1 ]; then
      for device in "$port"/*:*:*.?; do [ -e "$device/remove" ] && echo 1 >"$device/remove"; done
      write_slot "$1" $offset '\300\007'
    fi
  done
}

watch_slots() {
  [ -d "$SYS/bus/pci_express" ] && [ ! -d "$SYS/bus/pci_express/drivers/pciehp" ] || return
  ports=
  for class in "$SYS"/bus/pci/devices/*/class; do
    [ -r "$class" ] || continue
    read -r kind <"$class"
    case $kind in 0x0604*) ports="$ports ${'$'}{class%/class}/config" ;; esac
  done
  [ -n "$ports" ] || return
  while true; do
    answer_slots
    sleep 1
  done
}
`
