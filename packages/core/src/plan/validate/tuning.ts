import { formatCpuset } from '../../domain/cpuset.ts'
import type { Problem } from '../../errors.ts'
import type { AddressedDomain } from '../assign-addresses.ts'
import { iothreadsOf } from '../defaults/iothreads.ts'

/** Schedulers and memory policies that speak of vCPUs, I/O threads and cells which are there, each once. */
export function checkTuning(domain: AddressedDomain): Problem[] {
  return [...events(domain), ...pins(domain), ...schedulers(domain), ...numatune(domain)]
}

function wrong(path: string, message: string): Problem {
  return { code: 'ERR_XML_ERROR', path, message }
}

function events({ perf = [] }: AddressedDomain): Problem[] {
  const names = perf.map(({ name }) => name)
  return names.flatMap((name, i) =>
    names.indexOf(name) === i
      ? []
      : [wrong(`perf/event[${i + 1}]/@name`, `the event '${name}' is already given`)],
  )
}

function schedulers(domain: AddressedDomain): Problem[] {
  const { vcpuscheds = [], iothreadscheds = [] } = domain.cputune ?? {}
  const threads = new Set(iothreadsOf(domain).map(({ id }) => id))
  const missing = iothreadscheds
    .flatMap(({ iothreads = [] }) => iothreads)
    .filter((id) => !threads.has(id))
  const scheduled = vcpuscheds.flatMap(({ vcpus = [] }) => vcpus)
  const twice = repeated(scheduled)
  const beyond = scheduled.filter((vcpu) => vcpu >= domain.vcpus)
  return [
    ...(beyond.length === 0
      ? []
      : [
          wrong(
            'cputune/vcpusched/@vcpus',
            `the guest has vCPUs 0 to ${domain.vcpus - 1}, and no ${formatCpuset(beyond)}`,
          ),
        ]),
    ...(twice.length === 0
      ? []
      : [wrong('cputune/vcpusched', `vCPUs ${formatCpuset(twice)} have more than one scheduler`)]),
    ...(missing.length === 0
      ? []
      : [
          wrong(
            'cputune/iothreadsched',
            `there is no I/O thread ${formatCpuset(missing)}; <iothreads> says how many there are`,
          ),
        ]),
  ]
}

function pins(domain: AddressedDomain): Problem[] {
  const { vcpupins = [], iothreadpins = [] } = domain.cputune ?? {}
  const threads = new Set(iothreadsOf(domain).map(({ id }) => id))
  const twice = repeated(vcpupins.map(({ vcpu }) => vcpu))
  return [
    ...twice.map((vcpu) => wrong('cputune/vcpupin', `vCPU ${vcpu} is pinned more than once`)),
    ...iothreadpins.flatMap(({ iothread }, i) =>
      threads.has(iothread)
        ? []
        : [
            wrong(
              `cputune/iothreadpin[${i + 1}]/@iothread`,
              `there is no I/O thread ${iothread}; <iothreads> says how many there are`,
            ),
          ],
    ),
  ]
}

function repeated(numbers: readonly number[]): readonly number[] {
  const seen = new Set<number>()
  return numbers.filter((one) => seen.has(one) || !seen.add(one))
}

function numatune(domain: AddressedDomain): Problem[] {
  const { mode, placement, nodeset, memnodes = [] } = domain.numatune ?? {}
  if (placement === 'static' && nodeset === undefined)
    return [
      wrong('numatune/memory/@nodeset', `with placement='static' the nodes of the host are named`),
    ]
  if (memnodes.length === 0) return []
  const cells = domain.cpu?.numa ?? []
  if (cells.length === 0)
    return [wrong('numatune/memnode', 'the guest has no cells; describe them in <cpu><numa>')]
  const problems: Problem[] = []
  if (placement === 'auto')
    problems.push(
      wrong('numatune/memnode', `with placement='auto' the host chooses for all cells together`),
    )
  if (memnodes.some((one) => (one.mode === 'restrictive') !== (mode === 'restrictive')))
    problems.push(
      wrong('numatune/memnode/@mode', `mode 'restrictive' is that of all memory, or of none`),
    )
  return problems
}
