/**
 * Functions of one facility that processors bring together: QEMU takes a group's name for all of its
 * members, and answers with it where a CPU has them all (target/s390x/cpu_features.c;
 * `query-cpu-model-expansion` of QEMU 10.0). In QEMU's order.
 */
export const featureGroups: Readonly<Record<string, readonly string[]>> = lists({
  plo: `
    plo-cl plo-clg plo-clgr plo-clx plo-cs plo-csdst plo-csdstg plo-csdstgr plo-csdstx
    plo-csg plo-csgr plo-csst plo-csstg plo-csstgr plo-csstx plo-cstst plo-cststg
    plo-cststgr plo-cststx plo-csx plo-dcs plo-dcsg plo-dcsgr plo-dcsx
  `,
  plo_ext: `
    plo-clo plo-csdsto plo-cso plo-cssto plo-cststo plo-dcso plo-dlo plo-dlx plo-dst
    plo-dstg plo-dsto plo-dstx plo-ext plo-lo plo-qcs plo-qcsg plo-qcso plo-qcsx plo-ql
    plo-qlg plo-qlo plo-qlx plo-qst plo-qstg plo-qsto plo-qstx plo-sto plo-tcs plo-tcsg
    plo-tcso plo-tcsx plo-tl plo-tlg plo-tlo plo-tlx plo-tst plo-tstg plo-tsto plo-tstx
  `,
  tods: `
    tods-base ptff-qpc ptff-qsi ptff-qto ptff-sto
  `,
  gen13ptff: `
    ptff-qtou ptff-qui ptff-stou
  `,
  gen17ptff: `
    ptff-qtse
  `,
  msa: `
    msa-base kimd-sha-1 klmd-sha-1 km-dea km-tdea-128 km-tdea-192 kmac-dea kmac-tdea-128
    kmac-tdea-192 kmc-dea kmc-tdea-128 kmc-tdea-192
  `,
  msa1: `
    kimd-sha-256 klmd-sha-256 km-aes-128 kmc-aes-128
  `,
  msa2: `
    kimd-sha-512 klmd-sha-512 km-aes-192 km-aes-256 kmc-aes-192 kmc-aes-256 kmc-prng
  `,
  msa3: `
    msa3-base km-eaes-128 km-eaes-192 km-eaes-256 km-edea km-etdea-128 km-etdea-192
    kmac-edea kmac-etdea-128 kmac-etdea-192 kmc-eaes-128 kmc-eaes-192 kmc-eaes-256 kmc-edea
    kmc-etdea-128 kmc-etdea-192 pckmo-aes-128 pckmo-aes-192 pckmo-aes-256 pckmo-edea
    pckmo-etdea-128 pckmo-etdea-192
  `,
  msa4: `
    msa4-base kimd-ghash km-xts-aes-128 km-xts-aes-256 km-xts-eaes-128 km-xts-eaes-256
    kmac-aes-128 kmac-aes-192 kmac-aes-256 kmac-eaes-128 kmac-eaes-192 kmac-eaes-256
    kmctr-aes-128 kmctr-aes-192 kmctr-aes-256 kmctr-dea kmctr-eaes-128 kmctr-eaes-192
    kmctr-eaes-256 kmctr-edea kmctr-etdea-128 kmctr-etdea-192 kmctr-tdea-128 kmctr-tdea-192
    kmf-aes-128 kmf-aes-192 kmf-aes-256 kmf-dea kmf-eaes-128 kmf-eaes-192 kmf-eaes-256
    kmf-edea kmf-etdea-128 kmf-etdea-192 kmf-tdea-128 kmf-tdea-192 kmo-aes-128 kmo-aes-192
    kmo-aes-256 kmo-dea kmo-eaes-128 kmo-eaes-192 kmo-eaes-256 kmo-edea kmo-etdea-128
    kmo-etdea-192 kmo-tdea-128 kmo-tdea-192 pcc-cmac-aes-128 pcc-cmac-aes-192
    pcc-cmac-aes-256 pcc-cmac-dea pcc-cmac-eaes-128 pcc-cmac-eaes-192 pcc-cmac-eaes-256
    pcc-cmac-edea pcc-cmac-etdea-128 pcc-cmac-etdea-192 pcc-cmac-tdea-128 pcc-cmac-tdea-192
    pcc-xts-aes-128 pcc-xts-aes-256 pcc-xts-eaes-128 pcc-xts-eaes-256
  `,
  msa5: `
    msa5-base ppno-sha-512-drng
  `,
  msa6: `
    kimd-sha3-224 kimd-sha3-256 kimd-sha3-384 kimd-sha3-512 kimd-shake-128 kimd-shake-256
    klmd-sha3-224 klmd-sha3-256 klmd-sha3-384 klmd-sha3-512 klmd-shake-128 klmd-shake-256
  `,
  msa7: `
    prno-trng prno-trng-qrtcr
  `,
  msa8: `
    msa8-base kma-gcm-aes-128 kma-gcm-aes-192 kma-gcm-aes-256 kma-gcm-eaes-128
    kma-gcm-eaes-192 kma-gcm-eaes-256
  `,
  msa9: `
    msa9-base kdsa-ecdsa-sign-p256 kdsa-ecdsa-sign-p384 kdsa-ecdsa-sign-p521
    kdsa-ecdsa-verify-p256 kdsa-ecdsa-verify-p384 kdsa-ecdsa-verify-p521
    kdsa-eddsa-sign-ed25519 kdsa-eddsa-sign-ed448 kdsa-eddsa-verify-ed25519
    kdsa-eddsa-verify-ed448 kdsa-eecdsa-sign-p256 kdsa-eecdsa-sign-p384
    kdsa-eecdsa-sign-p521 kdsa-eeddsa-sign-ed25519 kdsa-eeddsa-sign-ed448
    pcc-scalar-mult-ed25519 pcc-scalar-mult-ed448 pcc-scalar-mult-p256 pcc-scalar-mult-p384
    pcc-scalar-mult-p521 pcc-scalar-mult-x25519 pcc-scalar-mult-x448
  `,
  msa9_pckmo: `
    pckmo-ecc-ed25519 pckmo-ecc-ed448 pckmo-ecc-p256 pckmo-ecc-p384 pckmo-ecc-p521
  `,
  msa10: `
    km-full-xts-aes-128 km-full-xts-aes-256 km-full-xts-eaes-128 km-full-xts-eaes-256
  `,
  msa10_pckmo: `
    pckmo-aes-xts-128-dk pckmo-aes-xts-256-dk
  `,
  msa11: `
    kmac-hmac-esha-224 kmac-hmac-esha-246 kmac-hmac-esha-384 kmac-hmac-esha-512
    kmac-hmac-sha-224 kmac-hmac-sha-246 kmac-hmac-sha-384 kmac-hmac-sha-512
  `,
  msa11_pckmo: `
    pckmo-hmac-1024 pckmo-hmac-512
  `,
  msa12: `
    msa12-base
  `,
  msa13: `
    kdsa-qai kimd-qai klmd-qai km-qai kma-qai kmac-qai kmctr-qai kmf-qai kmo-qai pcc-qai
    prno-qai
  `,
  msa13_pckmo: `
    pckmo-qai
  `,
  mepochptff: `
    ptff-qsie ptff-qtoue ptff-stoe ptff-stoue
  `,
  esort: `
    esort-base sortl-128 sortl-32 sortl-f0 sortl-sflr sortl-svlr
  `,
  deflate: `
    deflate-base dfltcc-cmpr dfltcc-f0 dfltcc-gdht dfltcc-xpnd
  `,
  ccf: `
    ccf-base pfcr-csdst pfcr-csdstg pfcr-cstst pfcr-cststg pfcr-qaf
  `,
})

function lists(
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text.trim().split(/\s+/)]),
  )
}
