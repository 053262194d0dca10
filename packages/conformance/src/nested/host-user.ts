/** The user that QEMU is on the host, as administrators are told to make it. */
export const hostUser = { name: 'polyvirt', uid: 990 } as const

/** The group that distributions give KVM's devices to; the user is not in it. */
const kvmGroup = { name: 'kvm', gid: 108 } as const

const devices = '/dev/kvm /dev/vhost-net /dev/vhost-vsock'

/** Shell commands, in the host's own tree, for users and what is given to them. */
export const userCommands: readonly string[] = [
  'cp -a /etc /tmp/etc && mount -o bind /tmp/etc /etc',
  `printf 'root:x:0:0:root:/root:/bin/sh\\n${hostUser.name}:x:${hostUser.uid}:${hostUser.uid}::/nonexistent:/bin/false\\n' > /etc/passwd`,
  `printf 'root:x:0:\\n${hostUser.name}:x:${hostUser.uid}:\\n${kvmGroup.name}:x:${kvmGroup.gid}:\\n' > /etc/group`,
  `chgrp ${kvmGroup.gid} ${devices} && chmod 0660 ${devices} && chmod 0666 /dev/net/tun`,
  'mkdir -p /dev/hugepages && mount -t hugetlbfs hugetlbfs /dev/hugepages',
]
