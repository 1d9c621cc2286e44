import { applyExtends } from './apply-extends.ts'
import { applyInclude } from './apply-include.ts'
import { mergeMaps } from './merge.ts'
import { type MapNode, mapNode } from './node.ts'
import { type Loading, readDocuments } from './read-documents.ts'

/** Returns what several files say together, each later one over the earlier ones (compose-go:loader/loader.go). */
export function loadFiles(paths: readonly string[], loading: Loading): MapNode {
  let model: MapNode = mapNode(new Map(), { file: paths[0] ?? '', line: 0, column: 0 })
  for (const path of paths) {
    for (const document of readDocuments(path, loading)) {
      const extended = applyExtends(document, path, loading)
      const whole = applyInclude(extended, path, loading, loadFiles)
      model = mergeMaps(model, whole, [], loading.notes)
    }
  }
  return model
}
