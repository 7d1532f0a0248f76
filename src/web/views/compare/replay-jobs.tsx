import type { ReplayAnswer } from '../../../http/replays/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { Progress } from '../../components/waiting.tsx';
import { sendJson } from '../../data/api.ts';
import { now } from '../../data/clock.ts';
import { packages } from '../../data/packages.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { count } from '../../format/numbers.ts';
import { duration, utcMinute } from '../../format/time.ts';
import { RemoveReplay } from './remove-replay.tsx';

const PHASES: Record<NonNullable<ReplayAnswer['progress']['phase']>, string> = {
  LOADING: 'loading candles',
  DECIDING: 'deciding',
  EVALUATING: 'computing statistics',
};

interface ReplayJobsProps {
  readonly jobs: readonly ReplayAnswer[];
  readonly onChanged: () => void;
}

/** Replays that wait or run, in the order of their turns; then those that came to nothing. */
export function ReplayJobs({ jobs, onChanged }: ReplayJobsProps) {
  const running = jobs.filter(({ state }) => state === 'RUNNING');
  const waiting = jobs.filter(({ state }) => state === 'QUEUED').reverse();
  const ended = jobs.filter(({ state }) => state === 'CANCELLED' || state === 'FAILED');
  return (
    <>
      <JobList title="Under way" jobs={[...running, ...waiting]} onChanged={onChanged} />
      <JobList title="Cancelled and failed" jobs={ended} onChanged={onChanged} />
    </>
  );
}

function JobList({ title, jobs, onChanged }: ReplayJobsProps & { readonly title: string }) {
  if (jobs.length === 0) return null;
  return (
    <Panel title={title} beside={<Badge tone="warn">REPLAY</Badge>} flush>
      <ul class="jobs">
        {jobs.map((job) => (
          <Job key={job.id} job={job} onChanged={onChanged} />
        ))}
      </ul>
    </Panel>
  );
}

function Job({ job, onChanged }: { readonly job: ReplayAnswer; readonly onChanged: () => void }) {
  const { id, model_package_id, label, from, to, state, error } = job;
  const known = packages.data.value?.find((one) => one.id === model_package_id)?.name ?? model_package_id;
  const name = label === null ? known : `${known}: ${label}`;
  const { isBusy, error: refused, run } = useSubmit();
  const isUnfinished = state === 'QUEUED' || state === 'RUNNING';
  return (
    <li>
      <div>
        <p class="foreign">
          <b>{name}</b>{' '}
          <span class="soft">
            {job.symbol}, {utcMinute(from)} to {utcMinute(to)} UTC
          </span>
        </p>
        {state === 'RUNNING' && <RunningProgress job={job} />}
        {state === 'QUEUED' && <p class="soft">Waits for the others to end.</p>}
        {state === 'CANCELLED' && (
          <p class="soft">
            <Badge>Cancelled</Badge> after {count(job.progress.done)} of {count(job.progress.total)} candles,{' '}
            <Time at={job.finished_at} show="age" />
          </p>
        )}
        {error !== null && (
          <p class="foreign">
            <Badge tone="bad">Failed</Badge> {error.detail} <code class="soft">{error.code}</code>
          </p>
        )}
        {refused !== undefined && <ErrorNote error={refused} />}
      </div>
      {isUnfinished ? (
        <Button
          size="small"
          label={`Cancel the replay ${name}`}
          isBusy={isBusy}
          onClick={() =>
            void run(async () => {
              await sendJson('DELETE', `/paper/replays/${encodeURIComponent(id)}`);
              onChanged();
            })
          }
        >
          Cancel
        </Button>
      ) : (
        <RemoveReplay id={id} name={name} onRemoved={onChanged} />
      )}
    </li>
  );
}

function RunningProgress({ job: { progress, started_at } }: { readonly job: ReplayAnswer }) {
  const { phase, done, total } = progress;
  const passed = started_at === null ? 0 : now.value - Date.parse(started_at);
  const left =
    done > 0 && phase === 'DECIDING' && passed > 5000 ? (passed / done) * (total - done) : undefined;
  const detail = [
    `${count(done)} of ${count(total)} candles`,
    phase !== null && PHASES[phase],
    left !== undefined && `about ${duration(Math.max(1000, left))} left`,
  ];
  return <Progress label="Running" value={done} max={total} detail={detail.filter(Boolean).join(' · ')} />;
}
