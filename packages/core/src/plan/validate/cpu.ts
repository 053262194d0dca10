import type { Cpu } from '../../domain/cpu.ts'
import { quote } from '../../errors.ts'
import type { Problem } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import { cpuContext } from '../defaults/cpu.ts'
import type { PlanContext } from '../plan-context.ts'

/** Topology, NUMA cells and what the CPU driver says. */
export function checkCpu(domain: AddressedDomain, context: PlanContext): Problem[] {
  const { cpu } = domain
  if (cpu === undefined) return []
  const problems: Problem[] = []
  const add = (
    message: string,
    path: string,
    code: Problem['code'] = 'ERR_CONFIG_UNSUPPORTED',
  ): void => {
    problems.push({ code, path: `cpu/${path}`, message })
  }
  if (cpu.mode === 'custom' && cpu.model === undefined && (cpu.features ?? []).length > 0) {
    add('features are given without a <model> to add them to', 'feature[1]', 'ERR_XML_ERROR')
  }
  if (cpu.migratable !== undefined && cpu.mode !== 'host-passthrough' && cpu.mode !== 'maximum') {
    add(
      `migratable is for modes 'host-passthrough' and 'maximum', not '${cpu.mode}'`,
      '@migratable',
    )
  }
  if (cpu.vendor !== undefined && cpu.model === undefined && cpu.mode === 'custom') {
    add('a <vendor> is given without the <model> that is its', 'vendor', 'ERR_XML_ERROR')
  }
  problems.push(...checkWords(cpu), ...checkNumbers(cpu))
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
  // The driver is asked about words only, never about pieces of a command line.
  if (problems.some((problem) => problem.message.includes(notAWord))) return problems
  for (const problem of context.arch.cpu.check(cpu, cpuContext(domain, context))) {
    problems.push({
      ...problem,
      path: `cpu${problem.path === undefined || problem.path === '' ? '' : `/${problem.path}`}`,
    })
  }
  return problems
}

/** What stands beside the words of the driver: address widths and caches. */
function checkNumbers(cpu: Cpu): Problem[] {
  const problems: Problem[] = []
  const add = (path: string, message: string): void => {
    problems.push({ code: 'ERR_XML_ERROR', path: `cpu/${path}`, message })
  }
  const { cacheLevel, cacheMode, maxphysaddrBits, maxphysaddrLimit, maxphysaddrMode } = cpu
  if (cacheLevel !== undefined && (cacheLevel < 1 || cacheLevel > 3))
    add('cache/@level', `a cache level is from 1 to 3, not ${cacheLevel}`)
  if (cacheLevel !== undefined && cacheMode === undefined)
    add('cache', `a mode is needed: 'emulate', 'passthrough' or 'disable'`)
  if ((maxphysaddrBits ?? maxphysaddrLimit) !== undefined && maxphysaddrMode === undefined)
    add('maxphysaddr', `a mode is needed: 'emulate' or 'passthrough'`)
  return problems
}

const notAWord = 'may hold only letters, digits and _ . + -'

/** QEMU splits `-cpu` at commas and knows no escape, so no name may bring one. */
function checkWords(cpu: Cpu): Problem[] {
  const problems: Problem[] = []
  const add = (path: string, message: string): void => {
    problems.push({ code: 'ERR_XML_ERROR', path: `cpu/${path}`, message })
  }
  const word = (path: string, what: string, text: string | undefined): void => {
    if (text !== undefined && !/^[A-Za-z0-9_.+-]+$/.test(text))
      add(path, `${what} ${quote(text)} ${notAWord}`)
  }
  word('model', 'CPU model', cpu.model)
  word('vendor', 'CPU vendor', cpu.vendor)
  if (cpu.vendorId !== undefined && !/^[^,]{12}$/.test(cpu.vendorId)) {
    add(
      'model/@vendor_id',
      `${quote(cpu.vendorId)} is not a vendor id: exactly 12 characters, no comma`,
    )
  }
  for (const [i, { name }] of (cpu.features ?? []).entries())
    word(`feature[${i + 1}]/@name`, 'CPU feature', name)
  return [...problems, ...repeatedFeatures(cpu)]
}

/** Two policies for one feature are nobody's to choose from. */
export function repeatedFeatures(cpu: Cpu): readonly Problem[] {
  const seen = new Set<string>()
  return (cpu.features ?? []).flatMap(({ name }, i): Problem[] => {
    // A set's size tells what is new; a document may hold very many of them.
    if (seen.size < seen.add(name).size) return []
    const message = `CPU feature ${quote(name)} is given twice`
    return [{ code: 'ERR_XML_ERROR', path: `cpu/feature[${i + 1}]`, message }]
  })
}

/** QEMU's MAX_NODES (include/sysemu/numa.h). */
const maxCells = 128

function checkCells(domain: AddressedDomain): Problem[] {
  const cells = domain.cpu?.numa ?? []
  const problems: Problem[] = []
  const owner = new Map<number, number>()
  if (cells.length > maxCells) {
    return [
      {
        code: 'ERR_CONFIG_UNSUPPORTED',
        path: 'cpu/numa',
        message: `${cells.length} cells are more than QEMU takes: ${maxCells}`,
      },
    ]
  }
  for (const [i, cell] of cells.entries()) {
    const path = `cpu/numa/cell[${i + 1}]`
    if (cell.id !== i) {
      problems.push({
        code: 'ERR_XML_ERROR',
        path: `${path}/@id`,
        message: `cell ids count from 0 without a gap or a double; found ${cell.id}`,
      })
    }
    for (const number of cell.cpus ?? []) {
      if (number >= domain.vcpus) {
        problems.push({
          code: 'ERR_XML_ERROR',
          path: `${path}/@cpus`,
          message: `vCPU ${number} does not exist: <vcpu> says ${domain.vcpus}`,
        })
        break
      }
      const other = owner.get(number)
      if (other !== undefined) {
        problems.push({
          code: 'ERR_XML_ERROR',
          path: `${path}/@cpus`,
          message: `vCPU ${number} is already in cell ${other}`,
        })
        break
      }
      owner.set(number, cell.id ?? i)
    }
    for (const distance of cell.distances ?? []) {
      if (distance.id >= cells.length) {
        problems.push({
          code: 'ERR_XML_ERROR',
          path: `${path}/distances`,
          message: `there is no cell ${distance.id}`,
        })
      }
    }
  }
  return problems
}
