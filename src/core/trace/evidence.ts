/**
 * What a step rests on. Predicted: `state` (read from the real host), `synth` (written by Hopwire as Docker would have),
 * `assumed` (not on this host: a machine outside, an application's answer). Observed: `nft-trace`, `frame`, `counter`,
 * `drop-reason`, and `prediction` for what cannot be seen and was filled in.
 */
export interface Evidence {
  readonly basis: 'state' | 'synth' | 'assumed' | 'nft-trace' | 'frame' | 'counter' | 'drop-reason' | 'prediction'
  readonly note?: string
}
