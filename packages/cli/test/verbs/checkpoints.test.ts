import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { realPolyvirt } from './real-polyvirt.ts'

const polyvirt = realPolyvirt({
  VISUAL: '',
  EDITOR: `sed -i 's|<description>.*<|<description>other<|'`,
})
const timeout = 60_000

beforeAll(async () => {
  const image = join(polyvirt.folder, 'v.qcow2')
  await polyvirt.program('qemu-img', ['create', '-q', '-f', 'qcow2', image, '16M'])
  const file = polyvirt.file(
    'v.xml',
    `<domain type='qemu'>
  <name>v</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='${image}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
  </devices>
</domain>`,
  )
  await polyvirt.answers(`define ${file}`, 'start v')
}, timeout)

describe('Checkpoints', () => {
  it(
    'are made, told as a tree, edited and deleted, in virsh’s words',
    async () => {
      const document = polyvirt.file(
        'three.xml',
        '<domaincheckpoint><name>three</name></domaincheckpoint>',
      )
      const [list, tree, leaves, below, info, parent, edited, deleted, left] = (
        await polyvirt.answers(
          'checkpoint-create-as v one first',
          'checkpoint-create-as v two --diskspec vda,bitmap=x',
          `checkpoint-create v ${document}`,
          'checkpoint-list v',
          'checkpoint-list v --tree',
          'checkpoint-list v --name --leaves',
          'checkpoint-list v --name --from one --descendants',
          'checkpoint-info v one',
          'checkpoint-parent v two',
          'checkpoint-edit v one; checkpoint-dumpxml v one --no-domain',
          'checkpoint-delete v two',
          'checkpoint-list v --name',
        )
      ).slice(3)
      expect(
        list
          ?.trim()
          .split('\n')
          .map((line) => line.trim().split(/\s+/)[0]),
      ).toEqual(['one', 'three', 'two'])
      expect(tree).toContain('one\n  |\n  +- two\n      |\n      +- three\n')
      expect(leaves?.trim()).toBe('three')
      expect(below?.trim()).toBe('three\ntwo')
      expect(info).toContain('Parent:         -\nChildren:       1\nDescendants:    2\n')
      expect(parent?.trim()).toBe('one')
      expect(edited).toContain('<description>other</description>')
      expect(deleted?.trim()).toBe('')
      expect(left?.trim()).toBe('one\nthree')
    },
    timeout,
  )

  it(
    'are refused by name: none, no parent, no name, what contradicts itself',
    async () => {
      const errors = await Promise.all(
        [
          'checkpoint-info v none',
          'checkpoint-parent v one',
          'checkpoint-info v',
          'checkpoint-list v --tree --name',
          'checkpoint-list v --descendants',
          'snapshot-list v --descendants',
          'snapshot-list v --roots --from one',
          'checkpoint-create v --redefine-validate',
        ].map(async (line) => (await polyvirt.run(line)).stderr.trim()),
      )
      expect(errors).toEqual([
        "error: Domain checkpoint not found: no domain checkpoint with matching name 'none'",
        "error: checkpoint 'one' has no parent",
        'error: --checkpointname is required',
        'error: Options --tree and --name are mutually exclusive',
        'error: --descendants requires --from',
        'error: --descendants requires either --from or --current',
        'error: Options --roots and --from are mutually exclusive',
        'error: Option --redefine is required by --redefine-validate',
      ])
    },
    timeout,
  )

  it(
    'are completed, of the domain that is named',
    async () => {
      const [names] = await polyvirt.answers("complete -- checkpoint-info v ''")
      expect(names).toContain('one\nthree\n')
    },
    timeout,
  )

  it(
    'tell the domains apart that have some',
    async () => {
      const domains = await polyvirt.answers(
        'list --name --with-checkpoint',
        'list --name --without-checkpoint',
      )
      expect(domains).toEqual(['v\n', ''])
    },
    timeout,
  )

  it(
    'give a print of their document without being made',
    async () => {
      const [xml] = await polyvirt.answers(
        'checkpoint-create-as v four --print-xml --diskspec vda --diskspec vdb,checkpoint=no',
      )
      expect(xml?.trim()).toBe(
        `<domaincheckpoint>
  <name>four</name>
  <disks>
    <disk name='vda'/>
    <disk name='vdb' checkpoint='no'/>
  </disks>
</domaincheckpoint>`,
      )
    },
    timeout,
  )
})

describe('A backup', () => {
  it(
    'is pulled: told as a document and a job, until it is given up',
    async () => {
      const backup = polyvirt.file(
        'pull.xml',
        `<domainbackup mode='pull'><server transport='unix' socket='${polyvirt.folder}/nbd'/></domainbackup>`,
      )
      const [xml, job] = (
        await polyvirt.answers(
          `backup-begin v ${backup}`,
          'backup-dumpxml v',
          'domjobinfo v',
          'domjobabort v',
        )
      ).slice(1)
      expect(xml).toContain("<domainbackup mode='pull'")
      expect(job).toMatch(/^Job type: +Unbounded *\nOperation: +Backup *\n/m)
      expect((await polyvirt.run('backup-dumpxml v')).stderr).toContain(
        'no domain backup job present',
      )
    },
    timeout,
  )
})

describe('A snapshot', () => {
  it(
    'is edited and becomes the current one; a name that its images know it by stays',
    async () => {
      const image = join(polyvirt.folder, 'w.qcow2')
      await polyvirt.program('qemu-img', ['create', '-q', '-f', 'qcow2', image, '16M'])
      const file = polyvirt.file(
        'w.xml',
        `<domain type='qemu'>
  <name>w</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <disk type='file'><driver name='qemu' type='qcow2'/><source file='${image}'/><target dev='vda'/></disk>
  </devices>
</domain>`,
      )
      const [xml, current] = (
        await polyvirt.answers(
          `define ${file}; snapshot-create-as w a first; snapshot-create-as w b`,
          'snapshot-edit w a --current; snapshot-dumpxml w a',
          'snapshot-current w --name',
        )
      ).slice(1)
      expect(xml).toContain('<description>other</description>')
      expect(current?.trim()).toBe('a')
      const editor = { EDITOR: 'sed -i "0,/<name>/s|<name>a<|<name>c<|"' }
      const rename = await polyvirt.runWith(editor, 'snapshot-edit', 'w', 'a', '--rename')
      expect(rename.stderr).toBe(
        'error: Failed to update a\n' +
          'error: the images keep the state of snapshot a under this name; it cannot get another\n',
      )
      await polyvirt.answers('snapshot-revert w a')
    },
    timeout,
  )
})
