// This file is all that an old Node gets to see, so it uses nothing new.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `error: polyvirt needs Node 22.18 or newer; ${process.execPath} is ${process.versions.node}. ` +
      'Run: npm install --global node@24, or set POLYVIRT_NODE to a newer one\n',
  )
  process.exit(1)
}

// In the built command this is compiled/built-main.ts.
const { main } = await import('./run-main.ts')
await main()
