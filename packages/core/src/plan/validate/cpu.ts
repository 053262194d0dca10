import type { Problem } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import { cpuContext } from '../defaults/cpu.ts'
import type { PlanContext } from '../plan-context.ts'

/** Topology, NUMA cells and what the CPU driver says. */
export function checkCpu(domain: AddressedDomain, context: PlanContext): Problem[] {
  const { cpu } = domain
  if (cpu === undefined) return []
  const problems: Problem[] = []
  const add = (message: string, path: string, code: Problem['code'] = 'ERR_CONFIG_UNSUPPORTED'): void => {
    problems.push({ code, path: `cpu/${path}`, message })
  }
  if (cpu.mode === 'custom' && cpu.model === undefined && (cpu.features ?? []).length > 0) {
    add('features are given without a <model> to add them to', 'feature[1]', 'ERR_XML_ERROR')
  }
  const names = (cpu.features ?? []).map((feature) => feature.name)
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) !== i) add(`CPU feature '${name}' is given twice`, `feature[${i + 1}]`, 'ERR_XML_ERROR')
  }
  const { topology } = cpu
  if (topology !== undefined) {
    const { sockets, dies = 1, cores, threads } = topology
    const product = sockets * dies * cores * threads
    if (product !== domain.vcpus) {
      add(
        `sockets × dies × cores × threads is ${sockets} × ${dies} × ${cores} × ${threads} = ${product}, but <vcpu> says ${domain.vcpus}`,
        'topology',
      )
    }
  }
  problems.push(...checkCells(domain))
  for (const problem of context.arch.cpu.check(cpu, cpuContext(domain, context))) {
    problems.push({ ...problem, path: `cpu${problem.path === undefined || problem.path === '' ? '' : `/${problem.path}`}` })
  }
  return problems
}

function checkCells(domain: AddressedDomain): Problem[] {
  const cells = domain.cpu?.numa ?? []
  const problems: Problem[] = []
  const owner = new Map<number, number>()
  for (const [i, cell] of cells.entries()) {
    const path = `cpu/numa/cell[${i + 1}]`
    if (cell.id !== i) {
      problems.push({ code: 'ERR_XML_ERROR', path: `${path}/@id`, message: `cell ids count from 0 without a gap or a double; found ${cell.id}` })
    }
    for (const number of cell.cpus ?? []) {
      if (number >= domain.vcpus) {
        problems.push({ code: 'ERR_XML_ERROR', path: `${path}/@cpus`, message: `vCPU ${number} does not exist: <vcpu> says ${domain.vcpus}` })
        break
      }
      const other = owner.get(number)
      if (other !== undefined) {
        problems.push({ code: 'ERR_XML_ERROR', path: `${path}/@cpus`, message: `vCPU ${number} is already in cell ${other}` })
        break
      }
      owner.set(number, cell.id ?? i)
    }
    for (const distance of cell.distances ?? []) {
      if (distance.id >= cells.length) {
        problems.push({ code: 'ERR_XML_ERROR', path: `${path}/distances`, message: `there is no cell ${distance.id}` })
      }
    }
  }
  return problems
}
