/**
 * What virsh has and polyvirt has not: why, and the nearest way. A name that ends in `*` stands for
 * all that begin so; the first that fits counts.
 */
const commands: readonly (readonly [name: string, instead: string])[] = [
  [
    'domlaunchsecinfo',
    'guests whose memory the host cannot read (SEV, SEV-SNP) are not offered; see domcapabilities',
  ],
  [
    'domsetlaunchsecstate',
    'guests whose memory the host cannot read (SEV, SEV-SNP) are not offered; see domcapabilities',
  ],
  ['nodesevinfo', 'SEV is not offered; host info tells what this processor can do'],
  [
    'domxml-from-native',
    'a command line of QEMU does not say what was meant by it; explain and domxml-to-native go the other way',
  ],
  [
    'send-process-signal',
    'libvirt has it for containers only; send-key and shutdown reach a guest',
  ],
  [
    'lxc-enter-namespace',
    'there are no containers here; console and qemu-agent-command reach a guest',
  ],
  ['qemu-attach', 'a QEMU that polyvirt did not start is left alone; define its XML and start it'],
  ['dom-fd-associate', 'disks are opened by their paths'],
  ['qemu-monitor-event', 'event --all --loop tells what happens to guests'],
  ['guest-agent-timeout', 'each question has its own limit: qemu-agent-command --timeout'],
  [
    'migrate-compcache',
    'pages are sent as they are; migrate-setspeed and migrate-setmaxdowntime are offered',
  ],
  ['allocpages', 'huge pages are the host’s: write to /proc/sys/vm/nr_hugepages'],
  ['freepages', 'freecell and host info tell free memory and huge pages'],
  ['node-memory-tune', 'page merging is the host’s: /sys/kernel/mm/ksm'],
  ['nodesuspend', 'sleeping is the host’s: systemctl suspend'],
  ['iface-*', 'cards of the host are its own network manager’s: ip(8), nmcli(1)'],
  [
    'nwfilter-*',
    'packet filters of the host are nft(8); user-mode networks let in only what is forwarded',
  ],
  [
    'nodedev-event',
    'udevadm monitor tells of devices that come and go; nodedev-list tells of those that are there',
  ],
  ...['create', 'destroy', 'define', 'undefine', 'start', 'autostart'].map(
    (verb) =>
      [
        `nodedev-${verb}`,
        'parts of devices are made by their own tool, mdevctl(1); nodedev-list tells of those that are there, and attach-device takes a <hostdev>',
      ] as const,
  ),
  ['net-port-*', 'a card that is plugged in belongs to its guest: domiflist'],
  [
    'find-storage-pool-sources*',
    'pools are directories of this host: pool-define-as NAME dir --target DIR',
  ],
]

const perfItself =
  'the counters of the host are perf(1): perf kvm --guest, or perf stat --pid of dominfo --json'

const options: readonly (readonly [command: string, option: string, instead: string])[] = [
  [
    '*',
    'bypass-cache',
    'the file goes through the page cache, and is on disk before the command ends',
  ],
  ['*', 'pass-fds', 'devices are opened by their paths'],
  ['*', 'async', 'without --wait the job goes on by itself; blockjob --abort ends it'],
  ['*', 'keep-relative', 'the images keep the names that they have in each other'],
  ['blockcommit', 'delete', 'the images stay; rm those that domblklist no longer names'],
  [
    'domstats',
    'vm',
    'the counters of KVM are perf(1): perf kvm stat, or domstats --vcpu for times',
  ],
  ['dumpxml', 'update-cpu', 'the live document has the CPU as the guest has it: dumpxml DOMAIN'],
  ['cpu-stats', 'start', 'domstats --vcpu tells of each vCPU'],
  ['cpu-stats', 'count', 'domstats --vcpu tells of each vCPU'],
  ['destroy', 'remove-logs', 'the log of a guest is in its folder, and is rotated'],
  ['guestinfo', 'disk', 'guestinfo --filesystem tells what is mounted'],
  ['qemu-agent-command', 'block', 'give a long limit: --timeout SECONDS'],
  ['setvcpus', 'hotpluggable', 'vCPUs that were plugged in can be plugged out again'],
  ['start', 'reset-nvram', 'undefine --nvram and define it again: the variables are then fresh'],
  ['create', 'reset-nvram', 'undefine --nvram and define it again: the variables are then fresh'],
  ['perf', 'enable', perfItself],
  ['perf', 'disable', perfItself],
  ['migrate', 'postcopy-resume', 'both ends are on this machine, where no connection is lost'],
  ['migrate', 'postcopy-bandwidth', 'migrate-setspeed, from another terminal'],
  ['migrate', 'timeout-postcopy', 'migrate-postcopy from another terminal'],
  ['migrate', 'timeout', 'migrate-setmaxdowntime, or domjobabort, from another terminal'],
  ['schedinfo', 'weight', 'Xen has it; here: schedinfo DOMAIN cpu_shares=NUMBER'],
  ['schedinfo', 'cap', 'Xen has it; here: schedinfo DOMAIN vcpu_quota=MICROSECONDS'],
]

function fits(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
}

/** Why a command of virsh is not here, and the nearest way. */
export function insteadOfCommand(name: string): string | undefined {
  return commands.find(([pattern]) => fits(pattern, name))?.[1]
}

/** The same of an option. */
export function insteadOfOption(command: string, option: string): string | undefined {
  return options.find(([pattern, name]) => fits(pattern, command) && fits(name, option))?.[2]
}
