import { DomainError } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { AddressedDomain } from './assign-addresses.ts'
import { checkGrants } from './machine-grants.ts'
import type { PlanContext } from './plan-context.ts'
import { ruleContext } from './rule-context.ts'
import { checkAddresses } from './validate/addresses.ts'
import { checkBoard } from './validate/board.ts'
import { checkCpu } from './validate/cpu.ts'
import { checkDevices } from './validate/devices.ts'
import { checkDomain } from './validate/domain.ts'
import { checkFirmware } from './validate/firmware.ts'
import { checkHostSide } from './validate/host-side.ts'
import { checkHostdevs } from './validate/hostdevs.ts'
import { checkMemoryBacking } from './validate/memory-backing.ts'
import { checkMemoryDevices } from './validate/memory.ts'
import { allDevices } from './validate/placed.ts'
import { checkPlatform } from './validate/platform.ts'
import { checkFeatures } from './validate/features.ts'
import { checkTimers } from './validate/timers.ts'
import { checkSharedMemory } from './validate/shared-memory.ts'
import { checkTuning } from './validate/tuning.ts'

/** A domain that this architecture offers and this QEMU can run. */
export type ValidDomain = AddressedDomain

/**
 * Judges a domain that has everything: may it be here (the allow-list), can this QEMU do it (its
 * capabilities), do the addresses fit, do the machine's own rules hold. Finds all problems.
 */
export function findProblems(domain: AddressedDomain, context: PlanContext): readonly Problem[] {
  const rules = ruleContext(domain, context)
  const placed = allDevices(domain, context)
  return [
    ...checkDomain(domain, context),
    ...checkCpu(domain, context),
    ...checkFeatures(domain, context),
    ...checkTimers(domain, context),
    ...checkGrants(domain, context),
    ...checkPlatform(domain, context),
    ...checkFirmware(domain),
    ...checkTuning(domain),
    ...checkHostdevs(domain),
    ...checkMemoryBacking(domain, context),
    ...checkSharedMemory(domain),
    ...checkMemoryDevices(domain, context),
    ...checkDevices(placed, domain, context),
    ...checkBoard(placed, domain, context),
    ...checkHostSide(domain, context),
    ...checkAddresses(placed, domain, context),
    ...context.arch.machine.rules.flatMap((rule) => rule.check(rules)),
  ]
}

/** @throws DomainError with every problem found. */
export function validateDomain(domain: AddressedDomain, context: PlanContext): ValidDomain {
  const [first, ...rest] = findProblems(domain, context)
  if (first !== undefined) throw new DomainError([first, ...rest])
  return domain
}
