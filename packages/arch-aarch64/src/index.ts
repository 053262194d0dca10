export { aarch64 } from './aarch64.ts'
