import { boolean, integer, list, map, oneOf, openSection, section, string } from './build.ts';
import { scalar } from './project.ts';

export const cluster = section('The Dataproc cluster.', {
  name: string({
    doc: 'Name of the cluster.',
    default: 'sentiment-cluster',
    pattern: '^[a-z]([a-z0-9-]{0,49}[a-z0-9])?$',
    patternDoc: 'at most 51 lower-case letters, digits and hyphens, beginning with a letter',
    flag: 'cluster',
    driver: '--cluster',
  }),
  project: string({
    doc: 'GCP project; the variable project_id where absent.',
    flag: 'project',
    driver: '--project',
    env: ['GOOGLE_CLOUD_PROJECT', 'CLOUDSDK_CORE_PROJECT'],
  }),
  region: string({
    doc: 'GCP region.',
    default: '${var.region}',
    flag: 'region',
    driver: '--region',
    env: ['CLOUDSDK_DATAPROC_REGION'],
  }),
  zone: string({
    doc: 'GCP zone.',
    default: 'us-central1-a',
    flag: 'zone',
    driver: '--zone',
    env: ['CLOUDSDK_COMPUTE_ZONE'],
  }),
  imageVersion: string({
    doc: 'Dataproc image.',
    default: '2.1-debian11',
    flag: 'image-version',
    driver: '--image-version',
  }),
  master: section('The master machine.', {
    machineType: machineType('Machine type of the master.', 'master-machine-type'),
    bootDiskSizeGb: bootDisk('Boot disk of the master.', 'master-boot-disk-size'),
  }),
  workers: section('The primary workers.', {
    count: integer({
      doc: 'Number of workers; 0 = a single-node cluster.',
      default: 3,
      min: 0,
      flag: 'num-workers',
      driver: '--num-workers',
    }),
    machineType: machineType('Machine type of a worker.', 'worker-machine-type'),
    bootDiskSizeGb: bootDisk('Boot disk of a worker.', 'worker-boot-disk-size'),
  }),
  secondaryWorkers: section('Workers that may be taken away at any time.', {
    count: integer({
      doc: 'Number of secondary workers (formerly --num-preemptible-workers).',
      default: 0,
      min: 0,
      flag: 'num-secondary-workers',
      driver: '--num-secondary-workers',
    }),
    type: oneOf(['spot', 'preemptible', 'non-preemptible'], {
      doc: 'Kind of secondary worker.',
      default: 'spot',
      flag: 'secondary-worker-type',
      driver: '--secondary-worker-type',
    }),
  }),
  maxIdle: string({
    doc: 'Delete the cluster after being idle for this long.',
    default: '3600s',
    format: 'duration',
    flag: 'max-idle',
    driver: '--max-idle',
  }),
  componentGateway: boolean({
    doc: 'Web access to the user interfaces of the cluster.',
    default: true,
    flag: 'enable-component-gateway',
    driver: '--enable-component-gateway',
  }),
  optionalComponents: list(
    string({ pattern: '^[A-Z][A-Z0-9_]*$', patternDoc: 'a component name in capitals, such as JUPYTER' }),
    {
      doc: 'Optional components.',
      default: ['JUPYTER'],
      unique: true,
      flag: 'optional-components',
      driver: '--optional-components',
    },
  ),
  properties: map(scalar, {
    doc: 'Cluster properties, each with its file prefix: spark:spark.executor.memory.',
    default: { 'spark:spark.executor.memory': '4g', 'spark:spark.executor.cores': '2' },
    keys: '^[a-z0-9-]+:.+$',
    keysDoc: 'prefix:property, such as spark:spark.executor.memory',
    flag: 'properties',
    driver: '--properties',
  }),
  autoscaling: section('The autoscaling policy.', {
    name: string({
      doc: 'Name of the policy.',
      default: 'sentiment-autoscaling',
      flag: 'autoscaling-policy',
      driver: '--autoscaling-policy',
    }),
    minWorkers: integer({ doc: 'Fewest workers.', default: 2, min: 2, flag: 'min-workers' }),
    maxWorkers: integer({ doc: 'Most workers.', default: 10, min: 2, flag: 'max-workers' }),
    cooldown: string({ doc: 'Pause between two changes.', default: '2m', format: 'duration', flag: 'cooldown' }),
    enabled: boolean({ doc: 'Attach the policy to the cluster.', default: false }),
  }),
  api: openSection('Raw ClusterConfig of the Dataproc API, laid over everything above.', {}),
});

function machineType<const F extends string>(doc: string, flag: F) {
  return string({ doc, default: 'n1-standard-4', flag, driver: `--${flag}` });
}

function bootDisk<const F extends string>(doc: string, flag: F) {
  return integer({ doc, default: 100, min: 10, unit: 'GB', flag, driver: `--${flag}` });
}
