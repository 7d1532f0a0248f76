import { useRef } from 'preact/hooks';
import type { ReplayAnswer } from '../../../http/replays/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { ProgressBar } from '../../components/loading.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { REPLAY_STATE, StateBadge } from '../../components/status-badges.tsx';
import { Time } from '../../components/time.tsx';
import { useFocusAfterRemoval } from '../../components/use-focus-after-removal.ts';
import { sendJson } from '../../data/api.ts';
import { now } from '../../data/clock.ts';
import { packageName } from '../../data/packages.ts';
import { withSegments } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';
import { count } from '../../format/numbers.ts';
import { REPLAY_PHASES } from '../../format/replay-phases.ts';
import { duration, utcMinute } from '../../format/time.ts';
import { DeleteReplay } from './delete-replay.tsx';

/** The remaining time is estimated from this much running time on. */
const MIN_ESTIMATE_MS = 5000;

interface ReplayJobsProps {
  readonly jobs: readonly ReplayAnswer[];
  readonly onChanged: () => void;
}

/** Running and queued replays, in the order of execution. */
export function ReplaysInProgress({ jobs, onChanged }: ReplayJobsProps) {
  const running = jobs.filter(({ state }) => state === 'RUNNING');
  const queued = jobs.filter(({ state }) => state === 'QUEUED').reverse();
  return <JobList title="In progress" jobs={[...running, ...queued]} onChanged={onChanged} />;
}

/** Replays that have no result. */
export function EndedReplays({ jobs, onChanged }: ReplayJobsProps) {
  const ended = jobs.filter(({ state }) => state === 'CANCELLED' || state === 'FAILED');
  return <JobList title="Canceled and failed" jobs={ended} onChanged={onChanged} />;
}

function JobList({ title, jobs, onChanged }: ReplayJobsProps & { readonly title: string }) {
  return jobs.length === 0 ? null : <Jobs {...{ title, jobs, onChanged }} />;
}

function Jobs({ title, jobs, onChanged }: ReplayJobsProps & { readonly title: string }) {
  const list = useRef<HTMLUListElement>(null);
  useFocusAfterRemoval(list);
  return (
    <Panel title={title} beside={<Badge tone="warn">REPLAY</Badge>} flush>
      <ul class="replay-jobs" ref={list}>
        {jobs.map((job) => (
          <Job key={job.id} job={job} onChanged={onChanged} />
        ))}
      </ul>
    </Panel>
  );
}

interface JobProps {
  readonly job: ReplayAnswer;
}

function Job({ job, onChanged }: JobProps & Pick<ReplayJobsProps, 'onChanged'>) {
  const { id, model_package_id, label, from, to, state } = job;
  const name = [packageName(model_package_id), label].filter((part) => part !== null).join(': ');
  const { isBusy, error, run } = useCommand();
  const cancel = () =>
    run(async () => {
      await sendJson('DELETE', withSegments('/paper/replays', id));
      onChanged();
    });
  return (
    <li>
      <div>
        <p class="user-text">
          <b>{name}</b>{' '}
          <span class="muted">
            {job.symbol}, {utcMinute(from)} to {utcMinute(to)} UTC
          </span>
        </p>
        <JobState job={job} />
        <ErrorNotice error={error} />
      </div>
      {state === 'QUEUED' || state === 'RUNNING' ? (
        <Button
          size="small"
          label={`Cancel the replay ${name}`}
          isBusy={isBusy}
          onClick={() => void cancel()}
        >
          Cancel
        </Button>
      ) : (
        <DeleteReplay id={id} name={name} onDeleted={onChanged} />
      )}
    </li>
  );
}

function JobState({ job }: JobProps) {
  const { state, error, progress } = job;
  const badge = <StateBadge labels={REPLAY_STATE} state={state} />;
  return (
    <>
      {state === 'RUNNING' && <RunningProgress job={job} />}
      {state === 'QUEUED' && <p class="muted">Queued: replays run one after another.</p>}
      {state === 'CANCELLED' && (
        <p class="muted">
          {badge} after {count(progress.done)} of {count(progress.total)} candles,{' '}
          <Time at={job.finished_at} show="age" />
        </p>
      )}
      {error !== null && (
        <p class="user-text">
          {badge} {error.detail} <code class="muted">{error.code}</code>
        </p>
      )}
    </>
  );
}

function RunningProgress({ job: { progress, started_at } }: JobProps) {
  const { phase, done, total } = progress;
  const passed = started_at === null ? 0 : now.value - Date.parse(started_at);
  const canEstimate = done > 0 && phase === 'DECIDING' && passed > MIN_ESTIMATE_MS;
  const left = canEstimate ? (passed / done) * (total - done) : undefined;
  const detail = [
    `${count(done)} of ${count(total)} candles`,
    phase !== null && REPLAY_PHASES[phase],
    left !== undefined && `about ${duration(Math.max(1000, left))} left`,
  ];
  return <ProgressBar label="Running" value={done} max={total} detail={detail.filter(Boolean).join(' · ')} />;
}
