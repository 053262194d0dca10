export { loongarch64 } from './loongarch64.ts'
