export { x86 } from './x86.ts'
