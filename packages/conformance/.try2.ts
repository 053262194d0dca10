import { runConformance } from '@polyvirt/conformance/run'
import { writeFileSync } from 'node:fs'
const [name, opts, out] = process.argv.slice(2)
const { [name === 'x86' ? 'x86' : name]: arch } = await import(`../arch-${name}/src/index.ts`)
const controller = new AbortController()
process.on('SIGINT', () => controller.abort(new Error('SIGINT')))
const fixtures = new URL(`../arch-${name}/test/fixtures/`, import.meta.url)
const o = JSON.parse(opts ?? '{}')
const t = Date.now()
const run = await runConformance({ arches: [{ arch, ...(o.nofix ? {} : { fixtures }), bootCpus: o.bootCpus ?? [] }], ...o, signal: controller.signal, onEvent(e) {
  if (e.kind === 'planned') console.log(e.total, JSON.stringify(Object.groupBy(e.groups, g => g.tier) && e.groups.map(g => `${g.guest}/${g.machine}/${g.tier}:${g.total}`)))
  if (e.kind === 'note') console.log('note', e.line)
  if (e.kind === 'finished' && (e.case.outcome === 'failed' || o.v || e.case.tier==='guest')) console.log(e.case.outcome, e.case.id, e.case.durationMs, e.case.reason ?? '', (e.case.failure?.message ?? '').slice(0, o.long ?? 400), e.remainingMs)
} })
const n = (o) => run.cases.filter(c => c.outcome === o).length
console.log(name, n('passed'), 'passed', n('failed'), 'failed', n('not-run'), 'not run', Date.now() - t, 'ms', run.label, run.interrupted ?? '', JSON.stringify(run.emulators))
if (!o.scenarios && o.tiers?.includes('model')) for (const c of run.coverage) if (c.unreached.length) console.log('unreached', c.guest, c.machine, c.unreached.join(' '))
if (out) writeFileSync(out, JSON.stringify(run, null, 1))
