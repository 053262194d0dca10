/** One question put to virsh and to polyvirt. */
export interface VirshCase {
  readonly words: readonly string[]
  /** Standard input; a case with it runs the shell where there are no words. */
  readonly input?: string
}

const lines = (text: string): readonly VirshCase[] =>
  text
    .trim()
    .split('\n')
    .map((line) => ({ words: line.trim().split(' ') }))

/** As one command string. */
const strings = (...commands: readonly string[]): readonly VirshCase[] =>
  commands.map((command) => ({ words: [command] }))

const shell = (input: string, ...words: readonly string[]): VirshCase => ({ words, input })

/** Each is asked of a fresh `test:///default`: one running domain, `test`. */
export const testDriverCases: readonly VirshCase[] = [
  ...lines(`
    attach-device test small.xml --config
    attach-device test small.xml --live --config
    attach-device test small.xml --persistent
    attach-device test small.xml --persistent --current
    attach-device test small.xml --current --live
    attach-device test nofile.xml --config
    attach-device nope small.xml
    attach-device test
    detach-device test small.xml --config
    detach-device test small.xml --current --config
    detach-device nope small.xml
    detach-device-alias test virtio-disk0
    detach-device-alias test virtio-disk0 --current --live
    detach-device-alias test
    update-device test small.xml
    update-device test small.xml --force --live
    update-device test small.xml --current --config
    change-media test vda --eject --insert
    change-media test vda --eject --update
    change-media test vda --update --insert
    change-media test vda --eject --block
    change-media test vda --eject --current --config
    change-media nope vda --eject
    change-media test
    change-media test vda x y
  `),
  ...lines(`
    attach-disk test name vdc --source-protocol nbd --source-host-name h:10809 --print-xml
    attach-disk test name vdc --source-protocol nbd --source-host-transport unix --source-host-socket /s --print-xml
    attach-disk test name vdc --source-protocol nbd --print-xml
    attach-disk test name vdc --source-protocol x --source-host-name h: --source-host-transport tcp --print-xml
    attach-disk test name vdc --sourcetype network --print-xml
    attach-disk test name vdc --source-protocol nbd --sourcetype file --print-xml
    attach-disk test name vdc --source-host-name h --print-xml
    attach-disk test name vdc --source-host-socket /s --print-xml
    attach-disk test name vdc --source-protocol nbd --source-host-socket /s --print-xml
    attach-disk test name vdc --source-protocol nbd --source-host-name h --source-host-socket /s --source-host-transport unix --print-xml
    echo --split a,,b ,c d
    echo --split a,,,b ,,
    echo --split
    echo --split --err a,b
    echo --split --shell a
    echo --split --xml a
    vcpucount test --guest --config
    dompmsuspend test mem --duration x
  `),
  ...lines(`
    list
    list --all
    -q list --all
    list --name
    list --all --name
    list --all --uuid
    list --id
    list --all --uuid --name --id
    list --all --title
    list --inactive
    -q list --inactive
    list --table
    list --table --name
    list --table --uuid
    list --persistent
    list --transient
    list --autostart
    list --no-autostart
    list --autostart --no-autostart
    list --state-running
    list --state-paused
    list --state-shutoff
    list --state-other
    list --inactive --state-running
    list --with-snapshot
    list --without-snapshot
    list --with-snapshot --without-snapshot
    list --with-managed-save
    list --managed-save
    list extra
    list --al
    list --all --all
    list --all=yes
    list --bogus
    list -q
    list -- --all
    list --help
    list --help=3
    domid test
    domid 1
    domid --domain test
    domid --domain=test
    domid --domain
    domid -- test
    domid -x
    domid nope
    domid --help extra bogus
    domid 6695eb01-f6a4-8304-79aa-97f2502e193f
    domid 6695EB01-F6A4-8304-79AA-97F2502E193F
    domname 1
    domname test
    domname 6695eb01-f6a4-8304-79aa-97f2502e193f
    domuuid test
    domuuid 1
    domuuid 6695eb01-f6a4-8304-79aa-97f2502e193f
    domstate test
    domstate nope
    domstate --domain test --domain test
    domstate
    dominfo
    dominfo nope
    nodeinfo
    -q nodeinfo
    nodecpumap
    nodecpumap --pretty
    -q nodecpumap
    nodecpumap x
    nodecpustats
    nodecpustats 2
    nodecpustats --cpu 4
    nodecpustats --cpu -1
    nodecpustats --cpu -2
    nodecpustats --cpu -2 --percent
    nodecpustats --cpu x
    nodecpustats --cpu 99999999999
    nodememstats --cell -2
    nodememstats --cell x
    freecell 1
    freecell --all
    -q freecell --all
    freecell --cellno 0
    freecell --cellno -1
    freecell --cellno x
    freecell --cellno 0 --all
    freecell --all --cellno x
    sysinfo
    cpu-models
    cpu-models ppc64
    cpu-models --arch s390x
    cpu-models nosuch
    cpu-compare
    cpu-compare /nope
    cpu-compare /
    cpu-compare small.xml
    cpu-compare cpu-host.xml extra
    cpu-baseline
    cpu-baseline /nope
    cpu-baseline small.xml
    cpu-baseline cpu-host.xml
    cpu-baseline --file cpu-two.xml
    cpu-baseline cpu-unknown.xml
    hypervisor-cpu-compare
    hypervisor-cpu-compare /nope
    hypervisor-cpu-compare small.xml
    hypervisor-cpu-baseline
    hypervisor-cpu-baseline /nope
    hypervisor-cpu-baseline small.xml
    hypervisor-cpu-baseline cpu-host.xml --model kvm64
    uri
    nodedev-dumpxml computer
    nodedev-dumpxml computer --xpath //name
    nodedev-dumpxml nope
    nodedev-dumpxml
    nodedev-info nope
    nodedev-detach
    nodedev-detach nope
    nodedev-reattach nope
    nodedev-reset nope
    nodedev-list --cap bogus
    nodedev-list --cap pci,
    nodedev-list --cap
    nodedev-list --inactive --all
    nodedev-list --tree --cap pci
    nodedev-list --tree --inactive
    -q nodedev-info nope
    -r nodedev-detach computer
    -r nodedev-reattach computer
    -r nodedev-reset computer
    domblklist test
    domblklist test --details
    -q domblklist test
    domiflist test
    -q domiflist test
    domiflist nope
    suspend test
    -q suspend test
    shutdown test
    shutdown test --mode bogus
    shutdown test --mode
    reboot test
    reset test
    destroy test
    destroy test --graceful
    destroy nope
    undefine test
    autostart test
    autostart test --disable
    -q autostart test
    start test
    start nope
    start
    start --console
    console test
    console nope
    dumpxml nope
    define
    define /nope
    define /
    define /etc/passwd/x
    create /nope
    domxml-to-native
    domxml-to-native qemu-argv
    domxml-to-native qemu-argv --xml x --domain y
    domcapabilities a b c d e
    event
    event lifecycle
    event test lifecycle 1
    event test lifecycle 1 x
    event --event bogus
    event --all --event lifecycle
    event --list --all
    event --event lifecycle --timeout 1
    -q event --event lifecycle --timeout 1
    event --all --timeout 1
    event --event lifecycle --timeout abc
    event --event lifecycle --timeout 0
    event --event lifecycle --timeout -1
    event --event lifecycle --timeout 99999999999
    event --timeout
    connect
    connect a b
    cd /tmp
    cd a b
    bogus
    quit
    exit
    echo a b
    echo --xml <a> & "q"
    help attach-device
    help detach-device
    help detach-device-alias
    help update-device
    help reset
    help suspend
    help resume
    help shutdown
    help reboot
    help domstate
    help dominfo
    help domid
    help domname
    help domuuid
    help vcpuinfo
    help console
    help domblklist
    help domiflist
    help nodeinfo
    help nodecpumap
    help nodecpustats
    help nodememstats
    help freecell
    help sysinfo
    help nodedev-detach
    help nodedev-dumpxml
    help nodedev-list
    help nodedev-reattach
    help nodedev-reset
    help nodedev-info
    help cpu-models
    help cpu-compare
    help hypervisor-cpu-compare
    help hypervisor-cpu-baseline
    help hostname
    help uri
    help version
    help cd
    help pwd
    help quit
    help exit
    help help
    help connect
    help event
    help nosuch
    help list extra
    -r destroy test
    -r suspend test
    -r shutdown test
    -r reboot test
    -r undefine test
    -r autostart test
    -r list
    -X
    --bogus
    -d
    -d 9 uri
    -d x uri
    -k x uri
    -k -5 uri
    -K x uri
    -e ab uri
    -e ^ab uri
    -e ^ uri
    -e ^a uri
    -qr uri
    --quiet uri
    -- list
    -
    complete -- dominfo te
    complete -- li
    complete -- dominfo --
    complete -- list --state
    complete -- start --domain=
    complete -- li
    complete -- dominf
    complete
  `),
  { words: ['-e', '', 'uri'] },
  { words: ['cpu-models', ''] },
  { words: ['hypervisor-cpu-baseline', '--model', ''] },
  { words: ['domid', ''] },
  { words: ['domid', '--domain', ''] },
  { words: ['domstate', ''] },
  { words: ['echo', '--shell', 'a b', "it's", '', '$x', 'a,b=c', '{"a":1}', '~', 'é', '*'] },
  { words: [''] },
  { words: ['complete', '--', 'dominfo', '--domain', ''] },
  ...strings(
    ';',
    'hostname; bogus',
    'bogus; uri',
    'domid nope; uri',
    'uri; domid nope',
    'uri # comment',
    'uri;;uri',
    'uri;',
    'uri\nuri',
    'domid "test"',
    'domid "te"st',
    "domid 'te'st",
    'domid te\\st',
    'echo "a b" c\\ d \'e f\'',
    'echo "a\\"b" \'c\\d\'',
    'echo "a\nb"',
    'echo "a',
    "echo 'a",
    'echo a\\',
    'exit; uri',
    'uri; quit; uri',
    'connect test:///default; uri',
    'connect --readonly; destroy test',
    'destroy test; list; list --all; domid test; domstate test',
    'destroy test; start test; list; domstate test --reason',
    'destroy test; console test',
    'destroy test; domdisplay test',
    'suspend test; list; domstate test --reason; resume test; list',
    'undefine test; list --transient; list --persistent; destroy test; list --all',
    'autostart test; list --autostart; autostart test --disable; list --autostart',
    'define wide.xml; list --all; list --all --title; list --all --name; list --inactive --uuid',

    'create wide.xml; list; domid wide-é-日本; domstate wide-é-日本; destroy wide-é-日本; list --all',
    'define wide.xml; define wide.xml; list --all',
    'define dash.xml; domstate -x; domstate -- -x; domstate --domain -x; start -x; list',
    'define wide.xml; undefine wide-é-日本; undefine wide-é-日本',
    'define wide.xml; list --state-shutoff --state-running',
    'define wide.xml; list --id --all; list --id --inactive; list --uuid --id --all',
  ),
  shell('list\nbogus\ndomid nope\n\n# comment\nuri ; domid test\nlist --x\nuri\nquit\nuri\n'),
  shell('uri\ndomid nope'),
  shell(''),
  shell('uri \\\n'),
  shell('echo "a\ncd /\npwd\ncd /nope\npwd\nexit\n'),
  shell('list\nbogus\nuri\n', '-q'),
  shell('list\nquit\n', '-r'),
  shell('destroy test; list --all\nstart test\nlist\n'),
]

/** Each is asked of libvirt's QEMU driver, in an empty root of its own. */
export const qemuDriverCases: readonly VirshCase[] = strings(
  'define web.xml; list --all; list --all --title; list --inactive --managed-save; dominfo web',
  'define web.xml; domstate web; domid web; domname 11111111-2222-3333-4444-555555555555',
  'define web.xml; domblklist web; domblklist web --details; domiflist web',
  'define web.xml; shutdown web',
  'define web.xml; reboot web',
  'define web.xml; reset web',
  'define web.xml; suspend web',
  'define web.xml; resume web',
  'define web.xml; destroy web',
  'define web.xml; console web',
  'define web.xml; domdisplay web',
  'define web.xml; domname 7',
  'define web.xml; autostart web; dominfo web; undefine web; list --all',
  'define small.xml; start small; list; dominfo small; domstate small --reason; start small; destroy small',
  'define small.xml; start small; suspend small; list; domstate small --reason; resume small; resume small; destroy small',
  'define small.xml; start small --paused; list; destroy small; domstate small --reason; list --all',
  'define small.xml; start small; undefine small; list --transient; destroy small; list --all',
  'create small.xml; list --transient; destroy small; list --all',
  'cpu-compare cpu-host.xml; cpu-compare cpu-3dnow.xml',
  'cpu-compare cpu-host.xml --error; cpu-compare --error cpu-3dnow.xml',
  'cpu-compare cpu-3dnow.xml; cpu-compare cpu-host.xml',
  'cpu-compare cpu-unknown.xml',
  'cpu-baseline cpu-two.xml',
  'hypervisor-cpu-compare --virttype qemu cpu-host.xml',
  'hypervisor-cpu-compare cpu-strict.xml qemu',
  'hypervisor-cpu-compare --virttype bogus cpu-host.xml',
  'hypervisor-cpu-baseline --virttype bogus cpu-host.xml',
  'hypervisor-cpu-baseline cpu-two.xml qemu',
  'nodememstats --cell -2',
  'freecell 9',
)

/** A name for a case, and its key in the recording. */
export function caseName({ words, input }: VirshCase): string {
  const line = words.map((word) => (/^[\w./:^=-]+$/.test(word) ? word : JSON.stringify(word)))
  return `${line.join(' ')}${input === undefined ? '' : ` < ${JSON.stringify(input)}`}`
}
