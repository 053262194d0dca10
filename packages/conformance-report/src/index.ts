/** Results of the conformance suite, and the forms in which people and machines read them. */
export { tiers } from './results.ts'
export type * from './results.ts'
