import type { Rule } from '@polyvirt/core/arch'
import { deviceRules } from './device-rules.ts'
import { firmwareRules } from './firmware-rules.ts'
import { machineRules } from './machine-rules.ts'

export const rules: readonly Rule[] = [...firmwareRules, ...machineRules, ...deviceRules]
