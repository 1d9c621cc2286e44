import { isRecord, recordOf, textOf, textsOf } from '../parse/json-value.ts'
import { explainField, listed } from './explain-field.ts'
import type { ExplainedField } from './inventory.ts'
import { quoteShell } from './quote-shell.ts'

/** Explains what of `GET /images/NAME/json` its containers are made of. Nothing is thrown. */
export function explainImage(image: unknown): readonly ExplainedField[] {
  if (!isRecord(image)) return []
  const config = recordOf(image, 'Config')
  const words = (key: string): string | null => {
    const list = textsOf(config, key)
    return list.length === 0 ? null : quoteShell(list)
  }
  return [
    ...explainField('RepoTags', 'Names', listed(textsOf(image, 'RepoTags')), 'what docker run finds it by'),
    ...explainField(
      'Config.ExposedPorts',
      'Exposed ports',
      listed(Object.keys(recordOf(config, 'ExposedPorts'))),
      'a note of what it serves: nothing is published by it, except with -P',
    ),
    ...explainField(
      'Config.Entrypoint',
      'Entry point',
      words('Entrypoint'),
      'what is run; the command is handed to it',
    ),
    ...explainField(
      'Config.Cmd',
      'Command',
      words('Cmd'),
      'what is run, or handed to the entry point, where docker run says nothing else',
    ),
    ...explainField(
      'Config.Env',
      'Environment',
      listed(textsOf(config, 'Env')),
      'the variables of its containers, to which -e adds',
    ),
    ...explainField('Config.WorkingDir', 'Working folder', textOf(config, 'WorkingDir'), 'where its command starts'),
    ...explainField(
      'Architecture',
      'Architecture',
      textOf(image, 'Architecture'),
      'what kind of processor its programs are for',
    ),
  ]
}
