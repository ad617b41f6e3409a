import type { Config } from '../config/fields/index.ts';
import { countNoun } from '../core/count-noun.ts';
import { SentopsError } from '../core/errors.ts';
import type { World } from '../extend/world.ts';
import type { ModelVersion } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { describeCaller } from './caller.ts';
import { withClaim } from './claim.ts';
import { findModelByName, findVersion } from './find-version.ts';
import { listVersions } from './list-versions.ts';

export interface DeleteModelCall extends World {
  readonly project: TrackingProject;
  readonly name: string;
  /** The model with all its versions where absent. */
  readonly version: number | undefined;
  /** Deletes what serves, too. */
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Asks a person; throws where the answer is no. */
  readonly consent: (question: string) => Promise<void>;
}

export interface DeletedModel {
  model: string;
  /** Null: the model itself. */
  version: number | null;
  versions: number[];
  aliases: string[];
  dryRun: boolean;
}

/** Takes a version, or a model with all of them, out of the registry. The files stay where they are. */
export function deleteModel(call: DeleteModelCall): Promise<DeletedModel> {
  const { project, name, version, dryRun } = call;
  return withTracker(project, call, dryRun ? 'read' : 'write', async tracker => {
    const { serving, ...doomed } = await lookAt(tracker, call);
    if (dryRun) return { ...doomed, dryRun };
    await call.consent(askFor(name, version, doomed.versions.length, doomed.aliases, serving));
    const what = version === undefined ? 'deletion' : `deletion of version ${version}`;
    const { by } = describeCaller(call, project.dir);
    return withClaim({ tracker, name, what, by, signal: call.signal }, async () => {
      // While a person thought about it, another one may have promoted it.
      const { serving: _, ...found } = await lookAt(tracker, call);
      if (version === undefined) await tracker.models.delete(name);
      else await tracker.models.deleteVersion(name, version);
      return { ...found, dryRun };
    });
  });
}

type Doomed = Omit<DeletedModel, 'dryRun'> & { readonly serving: readonly string[] };

/** What would go. Throws CONFLICT where it serves and nobody insists. */
async function lookAt(tracker: Tracker, call: DeleteModelCall): Promise<Doomed> {
  const { project, name, version, force } = call;
  const model = await findModelByName(tracker, name);
  const versions =
    version === undefined ? await listVersions(tracker, name) : [await findVersion(tracker, name, { version })];
  const numbers = versions.map(one => one.version).sort((a, b) => a - b);
  const aliases = Object.entries(model.aliases)
    .flatMap(([alias, to]) => (numbers.includes(to) ? [alias] : []))
    .sort();
  const serving = versions.flatMap(one => servesAs(one, model.aliases, project.config.mlflow));
  if (serving.length > 0 && !force) throw serves(call, serving);
  return { model: name, version: version ?? null, versions: numbers, aliases, serving };
}

/** `version 3 (Production, @champion)`, where somebody may be using it right now. */
function servesAs(
  { version, stage }: ModelVersion,
  aliases: Readonly<Record<string, number>>,
  { stageAliases }: Pick<Config['mlflow'], 'stageAliases'>,
): string[] {
  const champion = stageAliases['Production'];
  const roles = [
    ...(stage === 'Production' ? ['Production'] : []),
    ...(champion !== undefined && aliases[champion] === version ? [`@${champion}`] : []),
  ];
  return roles.length === 0 ? [] : [`version ${version} (${roles.join(', ')})`];
}

function serves({ name, version }: DeleteModelCall, serving: readonly string[]): SentopsError {
  const first =
    version === undefined ? '' : `, or another version takes over first: sentops model promote ${name} --version N`;
  return new SentopsError(
    'CONFLICT',
    `${serving.join(' and ')} of ${name} ${serving.length === 1 ? 'is' : 'are'} in use`,
    {
      hint: `delete it all the same with --force${first}`,
      details: { model: name, serving },
    },
  );
}

function askFor(
  name: string,
  version: number | undefined,
  versions: number,
  aliases: readonly string[],
  serving: readonly string[],
): string {
  const what =
    version === undefined ? `model ${name} with ${countNoun(versions, 'version')}` : `version ${version} of ${name}`;
  const gone = aliases.length === 0 ? '' : `, and the alias${aliases.length === 1 ? '' : 'es'} ${aliases.join(', ')}`;
  const used = serving.length === 0 ? '' : ` In use: ${serving.join(', ')}.`;
  return `Delete ${what}${gone}?${used}`;
}
