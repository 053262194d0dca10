import {
  formatDomain,
  parseDomain,
  planContext,
  planDomain,
  planRun,
  readXml,
} from '@polyvirt/core'
import type { Answer } from '../answer.ts'
import type { MatrixCase } from '../cases/matrix-case.ts'
import { domainCpu } from '../cpu-facts.ts'
import { askedEmulator } from './asked-emulator.ts'
import type { MatrixFacts } from './matrix-facts.ts'

/** What became of a domain, and what was thrown where it was refused. */
export interface DomainAnswer extends Answer {
  readonly error?: unknown
}

/** Plans a domain, to its definition and to its command line. */
export async function askDomain(
  { family, xml = '', ...one }: MatrixCase,
  facts: MatrixFacts,
): Promise<DomainAnswer> {
  let dumpxml: Answer['parts']['dumpxml']
  try {
    const { domain, locate } = parseDomain(xml)
    const asked = await askedEmulator(one, facts)
    const context = planContext(domain, { ...asked, fresh }, locate)
    const planned = planDomain(domain, context, locate)
    dumpxml = domainCpu(readXml(formatDomain(planned.domain)))
    const { argv } = planRun(planned.domain, context, { paths, nowMs: 0 })
    const compat = /,(max-cpu-compat=[^,]*)/.exec(valueOf('-machine', argv) ?? '')?.[1]
    return {
      parts: {
        'domain verdict': 'accepted',
        dumpxml,
        '-cpu': valueOf('-cpu', argv) ?? null,
        ...(family === 'power' && { '-machine': compat ?? null }),
      },
    }
  } catch (error) {
    if (dumpxml === undefined) return { parts: { 'domain verdict': 'refused at define' }, error }
    return { parts: { 'domain verdict': 'refused at start', dumpxml }, error }
  }
}

function valueOf(option: string, argv: readonly string[]): string | undefined {
  const at = argv.indexOf(option)
  return at < 0 ? undefined : argv[at + 1]
}

const fresh = {
  uuid: () => '00000000-0000-4000-8000-000000000001',
  mac: () => '52:54:00:00:00:01',
}

const paths = {
  stateDir: '/run/domain',
  channelDir: '/run/channel',
  nvramDir: '/run/nvram',
  ramDir: '/run/ram',
  hugeDir: () => '/dev/hugepages',
}
