import type { Rule } from '@polyvirt/core/arch'
import { boardRules } from './board-rules.ts'
import { firmwareRules } from './firmware-rules.ts'

export const rules: readonly Rule[] = [...firmwareRules, ...boardRules]
