import fs from 'node:fs';
import path from 'node:path';
import type { QuestionId, SuggestionProvider } from './types.ts';

interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string | undefined;
}

/** Environment names and gcloud properties behind each question, the strongest first. */
const SOURCES: Partial<Record<QuestionId, { readonly env: readonly string[]; readonly gcloud: readonly string[] }>> = {
  gcpProject: { env: ['GCP_PROJECT_ID', 'GOOGLE_CLOUD_PROJECT', 'CLOUDSDK_CORE_PROJECT'], gcloud: ['core/project'] },
  region: {
    env: ['GCP_REGION', 'CLOUDSDK_DATAPROC_REGION', 'CLOUDSDK_COMPUTE_REGION'],
    gcloud: ['dataproc/region', 'compute/region'],
  },
  zone: { env: ['CLOUDSDK_COMPUTE_ZONE'], gcloud: ['compute/zone'] },
  bucket: { env: ['GCS_BUCKET'], gcloud: [] },
  mlflowUri: { env: ['MLFLOW_TRACKING_URI'], gcloud: [] },
  kafkaBootstrap: { env: ['KAFKA_BOOTSTRAP_SERVERS'], gcloud: [] },
};

/**
 * Suggestions from this machine alone: the environment and gcloud's own configuration files, the active one first.
 * Nothing is asked over the network.
 */
export function localSuggestions(machine: Machine): SuggestionProvider {
  let configurations: readonly Properties[] | undefined;
  return {
    async suggest(id) {
      const source = SOURCES[id];
      if (!source) return [];
      configurations ??= readGcloud(machine);
      const fromGcloud = configurations.flatMap(properties => source.gcloud.map(name => properties.get(name)));
      const all = [...source.env.map(name => machine.env[name]), ...fromGcloud];
      return [...new Set(all.filter(value => value !== undefined && value !== ''))] as string[];
    },
  };
}

/** `section/name` → value */
type Properties = ReadonlyMap<string, string>;

function readGcloud({ env, home }: Machine): Properties[] {
  const folder = env['CLOUDSDK_CONFIG'] || (home ? path.join(home, '.config', 'gcloud') : undefined);
  if (!folder) return [];
  const active = env['CLOUDSDK_ACTIVE_CONFIG_NAME'] || read(path.join(folder, 'active_config'))?.trim() || 'default';
  const names = listConfigurations(path.join(folder, 'configurations'));
  const ordered = [...names.filter(name => name === active), ...names.filter(name => name !== active)];
  return ordered.map(name => parseProperties(read(path.join(folder, 'configurations', `config_${name}`)) ?? ''));
}

function listConfigurations(folder: string): string[] {
  try {
    return fs
      .readdirSync(folder)
      .filter(name => name.startsWith('config_'))
      .map(name => name.slice('config_'.length))
      .sort();
  } catch {
    return [];
  }
}

/** The ini form that gcloud writes. */
function parseProperties(text: string): Properties {
  const properties = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    section = /^\[(.+)\]\s*$/.exec(line)?.[1] ?? section;
    const pair = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (pair?.[1] && pair[2]) properties.set(`${section}/${pair[1]}`, pair[2]);
  }
  return properties;
}

/** Somebody else's file: whatever is wrong with it, there is only nothing to suggest. */
function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
