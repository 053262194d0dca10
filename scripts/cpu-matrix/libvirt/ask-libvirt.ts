import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer } from '../answer.ts'
import type { MatrixCase } from '../cases/matrix-case.ts'
import { readAnswers, writeQuestions } from './conversation.ts'
import type { Question } from './conversation.ts'
import type { PrivateLibvirt } from '../../lib/private-libvirt.ts'
import { wording } from './wording.ts'

/** Asks libvirt about every case, in one virsh. */
export async function askLibvirt(
  libvirt: PrivateLibvirt,
  cases: readonly MatrixCase[],
): Promise<ReadonlyMap<string, Answer>> {
  const questions = cases.map((one, at): Question => {
    const file = join(libvirt.folder, `${at}.xml`)
    if (one.xml !== undefined) writeFileSync(file, one.xml)
    return { key: one.id, commands: wording[one.kind].commands(one, file) }
  })
  const said = readAnswers(questions, await libvirt.virsh(writeQuestions(questions)))
  return new Map(cases.map((one) => [one.id, wording[one.kind].read(said.get(one.id) ?? [], one)]))
}
