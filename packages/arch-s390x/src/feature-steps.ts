/** What changes with one model, in the order of their release. Names of features and groups. */
export interface FeatureStep {
  /** New in every CPU of the model: what its `-base` has. */
  readonly base?: string
  /** New where the model is named without `-base`. */
  readonly byDefault?: string
  /** New for those who ask. */
  readonly possible?: string
  /** No longer there by itself: deprecated. */
  readonly gone?: string
}

/**
 * Features by the model that brought them: each has all that stands before it. Asked of QEMU 7.2 and
 * 10.0, which agree (`query-cpu-model-expansion` of every model, with every feature); models without
 * an entry bring none.
 */
export const featureSteps: Readonly<Record<string, FeatureStep>> = {
  z900: {
    base: 'plo esan3 zarch',
    possible: 'bpb cei dedicated gpereh ib ppa15 sief2 skey',
  },
  'z900.2': {
    possible: 'etf2',
  },
  'z900.3': {
    possible: 'ldisp siif',
  },
  z990: {
    base: 'msa dateh etf2 hfpm ldisp ldisphp',
    possible: '64bscao gsls',
  },
  'z990.3': {
    possible: 'asnlxr etf3',
  },
  z9EC: {
    base: 'tods asnlxr dateh2 eimm etf2eh etf3 etf3eh hfpue idtes srs stckf stfle',
    byDefault: 'msa1 cmm sthyi',
    possible: 'cmma',
  },
  'z9EC.2': {
    possible: 'csst dfp ectg fpseh mvcos',
  },
  'z9EC.3': {
    possible: 'csske pfpo',
  },
  z10EC: {
    base: 'csske csst csst2 dfp dfphp ectg exrl fpseh ginste mvcos parseh pfpo',
    byDefault: 'msa2 edat',
    possible: 'ctop esop pfmfi sigpif',
  },
  'z10EC.2': {
    possible: 'ibs sprogp',
  },
  'z10EC.3': {
    possible: 'msa3',
  },
  z196: {
    base: 'cmpsceh emon fpe iacc2 nonqks sprogp stfle45',
    byDefault: 'msa3 msa4 aefsi bpb ipter ppa15',
  },
  zEC12: {
    base: 'dfpzc ltlbc stfle49',
    byDefault: 'aen cte edat2 esop ri sea_esop2 te zpci',
    possible: 'ais ap apft apqci apqi diag318 els',
  },
  'zEC12.2': {
    possible: 'msa5',
  },
  z13: {
    base: 'gen13ptff dfppc stfle53',
    byDefault: 'msa5 vx',
  },
  z14: {
    base: 'eec minste2 opc sema tsi',
    byDefault: 'mepochptff msa6 msa7 msa8 gs iep mepoch vxeh vxpd',
    possible: 'cmmnt etoken hpma2 irbm kss tpei',
  },
  gen15a: {
    base: 'minste3',
    byDefault: 'deflate msa9 msa9_pckmo etoken vxeh2 vxpdeh',
    possible: 'esort unpack',
    gone: 'bpb csske',
  },
  gen16a: {
    byDefault: 'beareh nnpa pai paie rdp vxpdeh2',
    possible: 'appv appvi',
  },
  gen17a: {
    base: 'msa12 plo_ext minste4 sif',
    byDefault: 'msa10 msa10_pckmo msa11 msa11_pckmo msa13 msa13_pckmo vxeh3 vxpdeh3',
    possible: 'ccf gen17ptff ineff_nc_tx',
  },
}
