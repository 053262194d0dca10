import type { Rule } from '@polyvirt/core/arch'
export const rules: readonly Rule[] = []
