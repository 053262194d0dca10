import type { Rule } from '@polyvirt/core/arch'
import { boardRules } from './board-rules.ts'
import { firmwareRules } from './firmware-rules.ts'
import { numaRules } from './numa-rules.ts'

export const rules: readonly Rule[] = [...boardRules, ...numaRules, ...firmwareRules]
