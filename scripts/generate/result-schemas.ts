import path from 'node:path';
import {
  type CompletedConfig,
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  SchemaGenerator,
} from 'ts-json-schema-generator';
import { ERRORS } from '../../src/lib/core/errors.ts';
import { type CommandDefinition, root } from './commands.ts';

interface ObjectSchema {
  properties?: Record<string, unknown>;
  required?: string[];
}

/**
 * The JSON contract: every command exports the type of its result as `Result`, and what `--json` prints is that
 * type in the envelope. File name → schema text. One program serves all commands: a program each took a second each.
 */
export function renderResultSchemas(commands: readonly CommandDefinition[]): Map<string, string> {
  const config = {
    ...DEFAULT_CONFIG,
    path: path.join(root, 'src', 'commands', '**', '*.ts'),
    tsconfig: path.join(root, 'tsconfig.json'),
    skipTypeCheck: true,
    topRef: false,
    expose: 'none',
  } as CompletedConfig;
  const program = createProgram(config);
  const generator = new SchemaGenerator(program, createParser(program, config), createFormatter(config), config);
  const sources = new Map(program.getSourceFiles().map(source => [path.relative(root, source.fileName), source]));
  return new Map(
    commands.map(command => {
      const statements = sources.get(command.file)?.statements ?? [];
      const node = statements.find(statement => (statement as { name?: { text?: string } }).name?.text === 'Result');
      if (!node) throw new Error(`${command.file} exports no type Result: it is the command's JSON contract`);
      const schema = generator.createSchemaFromNodes([node]) as ObjectSchema;
      return [`${command.id.replaceAll(' ', '-')}.json`, renderEnvelope(command.id, schema)];
    }),
  );
}

function renderEnvelope(id: string, schema: ObjectSchema): string {
  const envelope = {
    ...schema,
    title: `sentops ${id} --json`,
    properties: { schemaVersion: { const: 1 }, ...schema.properties, error: { $ref: '#/definitions/sentopsError' } },
    required: ['schemaVersion', ...(schema.required ?? [])],
    definitions: { ...(schema as { definitions?: object }).definitions, sentopsError: errorSchema() },
  };
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

/** Present beside a complete result when the command ends with a failure code (a gate, a check). */
export function errorSchema(): object {
  return {
    type: 'object',
    properties: {
      code: { enum: Object.keys(ERRORS) },
      exit: { type: 'integer' },
      message: { type: 'string' },
      hint: { type: 'string' },
      retryable: { type: 'boolean' },
      details: { type: 'object' },
      place: {
        type: 'object',
        properties: { file: { type: 'string' }, line: { type: 'integer' }, column: { type: 'integer' } },
        required: ['file'],
        additionalProperties: false,
      },
    },
    required: ['code', 'exit', 'message', 'hint', 'retryable', 'details'],
    additionalProperties: false,
  };
}
