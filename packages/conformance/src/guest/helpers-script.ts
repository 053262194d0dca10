import { slotsScript } from './slots-script.ts'

/**
 * Started by the agent of a guest that has tools: what a distribution's init would keep running. The
 * guest agent serves its channel whenever there is one, events of Power's firmware are worked off, and slots
 * that the kernel has no driver for are.
 */
export const helpersScript: string = String.raw`#!/bin/sh
export PATH=/bin:/sbin:/usr/sbin
mkdir -p /run /var/run /var/log /var/lock /var/lib /usr/local
[ -x /usr/sbin/rtas_errd ] && /usr/sbin/rtas_errd

serve_agent() {
  while true; do
    for name in /sys/class/virtio-ports/*/name; do
      [ -r "$name" ] || continue
      read -r label <$name
      [ "$label" = org.qemu.guest_agent.0 ] || continue
      port=${'$'}{name%/name}
      qemu-ga -m virtio-serial -p /dev/${'$'}{port##*/} -t /run >/tmp/agent.log 2>&1
    done
    sleep 1
  done
}
[ -x /usr/sbin/qemu-ga ] && serve_agent </dev/null >/dev/null 2>&1 &
${slotsScript}
watch_slots </dev/null >/dev/null 2>&1 &
`

/** What the guest agent calls of a distribution, by path. */
export const toolScripts: Readonly<Record<string, string>> = {
  'sbin/shutdown': `#!/bin/sh
case " $* " in
  *' -r '*) exec /bin/busybox reboot -f ;;
  *) exec /bin/busybox poweroff -f ;;
esac
`,
  // One line NAME:PASSWORD, as it would go into /etc/shadow.
  'usr/sbin/chpasswd': `#!/bin/sh
while IFS=: read -r name word; do
  case " $* " in *' -e '*) ;; *) word=$(/bin/busybox mkpasswd -m sha512 "$word") ;; esac
  sed -i "/^$name:/d" /etc/shadow
  echo "$name:$word:19000:0:99999:7:::" >>/etc/shadow
done
`,
  'etc/os-release': `ID=polyvirt-guest
NAME="Guest of a test"
VERSION_ID=1
`,
  'etc/passwd': 'root:x:0:0:root:/:/bin/sh\n',
  'etc/shadow': 'root:*:19000:0:99999:7:::\n',
  // Process 1 has no distribution's tools: the modules are loaded by name.
  'etc/hostname': 'guest\n',
}
