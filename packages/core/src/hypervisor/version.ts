import manifest from '../../package.json' with { type: 'json' }

/** polyvirt's version. */
export const version: string = manifest.version
