import { enableCompileCache } from 'node:module'

// Before anything else is imported, so that the next call finds it all compiled.
enableCompileCache()

const { main } = await import('./run-main.ts')
await main()
