import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import { isDeepStrictEqual } from 'node:util'
import type { ArchLaw } from './arch-law.ts'
import { contextsFor, exactly, namesOf, pairs } from './law-cpus.ts'

/** What holds for the verbs that every CPU driver has, whatever the processors. */
export const cpuLaws: readonly ArchLaw[] = [
  {
    name: 'each CPU model is in the list once',
    check({ cpu }) {
      const names = cpu.models.map(({ name }) => name)
      deepStrictEqual(
        names.filter((name, index) => names.indexOf(name) !== index),
        [],
      )
    },
  },
  {
    name: 'a host can run its own CPU',
    check({ cpu }) {
      for (const { name } of cpu.models) {
        const one = exactly(name)
        strictEqual(cpu.compare(one, one).result, 'identical', `${name} compared with itself`)
      }
    },
  },
  {
    name: 'a baseline runs on every CPU it was made from',
    check({ cpu }) {
      for (const cpus of pairs(cpu)) {
        const baseline = cpu.baseline(cpus)
        if ('problem' in baseline) continue
        for (const host of cpus) {
          const { result, reason } = cpu.compare(host, baseline.cpu)
          ok(
            result !== 'incompatible',
            `the baseline of ${namesOf(cpus)} does not run on ${host.model}: ${reason}`,
          )
        }
      }
    },
  },
  {
    name: 'a baseline is the same in whatever order the CPUs are given',
    check({ cpu }) {
      for (const [first, second] of pairs(cpu)) {
        const one = cpu.baseline([first, second])
        const other = cpu.baseline([second, first])
        const what = `the baseline of ${namesOf([first, second])}`
        strictEqual('problem' in other, 'problem' in one, `${what} is known in one order only`)
        if ('problem' in one || 'problem' in other) continue
        // A mode that leaves the model to the host is no host's CPU, so nothing runs on it.
        if (isDeepStrictEqual(one.cpu, other.cpu)) continue
        strictEqual(cpu.compare(one.cpu, other.cpu).result, 'identical', what)
      }
    },
  },
  {
    name: 'the baseline of one CPU is that CPU',
    check({ cpu }) {
      for (const { name } of cpu.models) {
        const baseline = cpu.baseline([exactly(name)])
        ok('cpu' in baseline, `${name} by itself has no baseline`)
        strictEqual(cpu.compare(exactly(name), baseline.cpu).result, 'identical', name)
      }
    },
  },
  {
    name: 'what its CPU driver refuses has a place and a message',
    check(arch, known) {
      for (const context of contextsFor(arch, known)) {
        const problems = arch.cpu.check(exactly('No-Such-CPU'), context)
        ok(problems.length > 0, 'a CPU that nobody has is refused')
        for (const { path, message } of problems) {
          ok(path !== undefined && path !== '', `'${message}' has no place`)
          ok(message !== '', `the problem at ${path} has no message`)
        }
      }
    },
  },
]
