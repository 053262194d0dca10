export { ppc64 } from './ppc64.ts'
