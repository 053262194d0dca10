import { writeFile } from 'node:fs/promises'
import { guestXml, makeDisk } from '../engine/guest-xml.ts'
import type { GuestArch } from '../engine/guest-xml.ts'
import type { Lab } from '../engine/lab.ts'
import { runProgram } from '../engine/run-program.ts'
import type { Operation, Words } from './operations.ts'

/** Makes what the operation's trials begin with, and keeps it. */
export async function prepareOperation(lab: Lab, { name, arch, stored }: Operation): Promise<void> {
  await lab.clear()
  await makeDisk(lab.path('disk.qcow2'))
  await makeDisk(lab.path('more.qcow2'))
  await runProgram(['qemu-img', 'create', '-q', '-f', 'qcow2', lab.path('there.qcow2'), '8M'])
  for (const [file, text] of Object.entries(documents(lab, arch)))
    await writeFile(lab.path(file), text)
  // Answers of the emulator are asked for here, so that no trial does.
  await lab.must(['define', lab.path('g.xml')])
  await lab.must(['start', 'g', '--paused'])
  await lab.must(['destroy', 'g'])
  await lab.must(['undefine', 'g'])
  if (name.startsWith('migrate')) await lab.must(['list'], lab.destination)
  for (const words of stored) await lab.must(located(lab, words))
  await lab.keep()
}

/** The lab as it is right before the operation. */
export async function beginTrial(lab: Lab, { live = [] }: Operation): Promise<void> {
  await lab.restore()
  for (const words of live) await lab.must(located(lab, words))
}

/** Words with the lab's folder in them. */
export function located(lab: Lab, words: Words): Words {
  return words.map((word) => word.replaceAll('@/', `${lab.folder}/`))
}

function documents(lab: Lab, arch: GuestArch | undefined): Readonly<Record<string, string>> {
  const guest = { disk: 'disk.qcow2', ...(arch && { arch }) }
  const backup = (inner: string): string => `<domainbackup>${inner}</domainbackup>`
  const target = (file: string): string =>
    `<disks><disk name='vda' type='file'><target file='${lab.path(file)}'/><driver type='qcow2'/></disk></disks>`
  const forgetful = (target: string): string =>
    `<disk type='file'><driver name='qemu' type='qcow2'/><source file='${lab.path('more.qcow2')}'/><target ${target}/><transient/></disk>`
  return {
    'g.xml': guestXml(lab, guest),
    'other.xml': guestXml(lab, { ...guest, memoryMiB: 96 }),
    'transient.xml': guestXml(lab, { ...guest, transient: true }),
    // On the first bus nothing has to come along; only on the other a guest without a system lets go.
    'virtio.xml': forgetful(`dev='vdb' bus='virtio'`),
    'scsi.xml': forgetful(`dev='sda' bus='scsi'`),
    'there.xml': guestXml(lab, { ...guest, disk: 'there.qcow2' }),
    'card.xml': `<interface type='user'><mac address='52:54:00:00:00:01'/></interface>`,
    'tap.xml': `<interface type='ethernet'><mac address='52:54:00:00:00:02'/><bandwidth><inbound average='1000'/></bandwidth><target dev='${lab.tap}'/><model type='virtio'/></interface>`,
    'c1.xml': '<domaincheckpoint><name>c1</name></domaincheckpoint>',
    'c2.xml': '<domaincheckpoint><name>c2</name></domaincheckpoint>',
    'full.xml': backup(target('full.qcow2')),
    'since.xml': backup(`<incremental>c1</incremental>${target('since.qcow2')}`),
    'pull.xml': `<domainbackup mode='pull'><server transport='unix' socket='${lab.path('nbd.sock')}'/>
<disks><disk name='vda' type='file'><scratch file='${lab.path('scratch.qcow2')}'/></disk></disks></domainbackup>`,
  }
}
