// A process that starts a domain and may die on the way: `start-child.ts URI NAME PHASE|DELAY|-`.
import { openHypervisor } from '../../src/hypervisor/open-hypervisor.ts'
import { realRegistry } from './real-arch.ts'

const [uri = '', name = '', death = '-'] = process.argv.slice(2)
const die = (): boolean => process.kill(process.pid, 'SIGKILL')
const hypervisor = await openHypervisor(uri, { registry: realRegistry })
if (/^\d+$/.test(death)) setTimeout(die, Number(death))
try {
  await hypervisor.domainCreate(name, { onPhase: (phase) => void (phase === death && die()) })
  process.stdout.write('started\n')
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`)
}
await hypervisor.close()
