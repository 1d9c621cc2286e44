import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { ExplainedField, Inspected } from '../../../core/manage/inventory.ts'
import { useApp, useAppStore } from '../../store/hooks.ts'
import { isSameObject, type ObjectRef } from '../../store/manage-data.ts'
import { findJsonLine } from './find-json-line.ts'
import { containerActions, imageActions, imageNames, networkActions, type ObjectAction } from './object-actions.ts'
import { asSentence } from './as-sentence.ts'
import './manage-inspector.css'

/** What is selected of the host's objects: what can be done with it, and what each of its fields means for networking. */
export function ManageInspector({ object }: { readonly object: ObjectRef }): ReactNode {
  const store = useAppStore()
  const inspection = useApp(({ manage }) => manage.inspection)
  const [raw, setRaw] = useState(false)
  useEffect(() => void store.getState().inspect(object), [store, object])
  const known = inspection !== null && isSameObject(inspection.of, object) ? inspection : null
  return (
    <div className="manage-inspector">
      <div className="inspector-top">
        <h2 className="heading">Selected · {object.kind}</h2>
        <button type="button" className="link" title="Escape" onClick={() => store.getState().selectObject(null)}>
          Close
        </button>
      </div>
      <h3>{object.name}</h3>
      <ActionButtons object={object} />
      <p className="field-error" role="alert">
        {known?.problem}
      </p>
      {known === null && <p className="field-hint">Reading it…</p>}
      {known !== null && known.inspected !== null && <Explained inspected={known.inspected} raw={raw} onRaw={setRaw} />}
    </div>
  )
}

function ActionButtons({ object }: { readonly object: ObjectRef }): ReactNode {
  const actions = useObjectActions(object)
  return (
    <div className="object-actions">
      {actions.map(({ id, label, grave, impossible, run }) => (
        <button
          key={id}
          type="button"
          className={grave === true ? 'quiet small grave' : 'quiet small'}
          aria-disabled={impossible !== null}
          title={impossible === null ? undefined : asSentence(impossible)}
          onClick={() => impossible === null && run()}
        >
          {label}
        </button>
      ))}
    </div>
  )
}

function useObjectActions({ kind, name }: ObjectRef): readonly ObjectAction[] {
  const store = useAppStore()
  const host = useApp((state) => state.host)
  const info = useApp(({ manage }) => manage.info)
  const images = useApp(({ manage }) => manage.images)
  return useMemo(() => {
    const state = store.getState()
    if (host === null || info === null || info === undefined) return []
    switch (kind) {
      case 'network': {
        const network = host.networks.find((each) => each.name === name)
        return network === undefined ? [] : networkActions(network, state)
      }
      case 'container': {
        const container = host.containers.find((each) => each.name === name)
        return container === undefined ? [] : containerActions(container, info, state)
      }
      case 'image': {
        const isThere = images?.some((each) => imageNames(each).includes(name)) === true
        return isThere ? imageActions(name, info, state) : []
      }
      default:
        return kind satisfies never
    }
  }, [store, host, info, images, kind, name])
}

interface ExplainedProps {
  readonly inspected: Inspected
  readonly raw: boolean
  readonly onRaw: (raw: boolean) => void
}

function Explained({ inspected, raw, onRaw }: ExplainedProps): ReactNode {
  const [path, setPath] = useState<string | null>(null)
  const show = (next: string) => {
    setPath(next)
    onRaw(true)
  }
  return (
    <>
      <div className="inspector-top">
        <h2 className="heading">Explained</h2>
        <button type="button" className="link" aria-pressed={raw} onClick={() => onRaw(!raw)}>
          {raw ? 'Hide the JSON' : 'Show the JSON'}
        </button>
      </div>
      <div className={raw ? 'explained with-raw' : 'explained'}>
        <dl className="explained-fields">
          {inspected.fields.map((field) => (
            <FieldWords
              key={`${field.path} ${field.label}`}
              field={field}
              current={raw && field.path === path}
              onShow={show}
            />
          ))}
        </dl>
        {raw && <RawJson raw={inspected.raw} path={path} />}
      </div>
    </>
  )
}

interface FieldWordsProps {
  readonly field: ExplainedField
  readonly current: boolean
  readonly onShow: (path: string) => void
}

/** As Docker writes an object's id in full; its first twelve letters are what Docker shows of it elsewhere. */
const LONG_ID = /\b([0-9a-f]{12})[0-9a-f]{52}\b/

function FieldWords({ field, current, onShow }: FieldWordsProps): ReactNode {
  const { path, label, value, explanation } = field
  return (
    <div className={current ? 'current' : ''}>
      <dt>
        {label}
        <button type="button" className="link mono" title="Show it in the JSON" onClick={() => onShow(path)}>
          {path.replace(LONG_ID, '$1…')}
        </button>
      </dt>
      <dd>
        <span className="mono">{value}</span>
        {explanation !== '' && <p>{explanation}</p>}
      </dd>
    </div>
  )
}

function RawJson({ raw, path }: { readonly raw: string; readonly path: string | null }): ReactNode {
  const box = useRef<HTMLPreElement>(null)
  const line = useMemo(() => (path === null ? null : findJsonLine(raw, path)), [raw, path])
  useEffect(() => {
    const mark = box.current?.querySelector('mark')
    // Only this box moves: what is explained stays where it is read.
    if (line !== null && mark && box.current) box.current.scrollTop = mark.offsetTop - box.current.clientHeight / 2
  }, [line])
  const lines = raw.split('\n')
  return (
    // A region that scrolls has to be reachable with the keys.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className="raw-json mono" tabIndex={0} aria-label="JSON of Docker’s API" ref={box}>
      {line === null ? (
        raw
      ) : (
        <>
          {lines.slice(0, line).map((text) => `${text}\n`)}
          <mark>{lines[line]}</mark>
          {`\n${lines.slice(line + 1).join('\n')}`}
        </>
      )}
    </pre>
  )
}
