import { z } from 'zod';
import type { ServiceToken } from '../../auth/access.ts';
import { DAY_MS } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import { isoTimeWithOffset } from '../../runtime/iso-time.ts';
import { bearerToken } from '../plugins/access.ts';
import { OPEN_API_ROUTE, TOKEN_API_ROUTE } from '../shared/api-routes.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import {
  loginAnswer,
  meAnswer,
  messageAnswer,
  newServiceToken,
  newServiceTokenAnswer,
  passwordBody,
  type ServiceTokenAnswer,
  serviceTokensAnswer,
  sessionsEndedAnswer,
  statusAnswer,
  tokenParams,
} from './schema.ts';

/** `/api/auth/...` and `/api/me` (factor-models.md, "Access"). */
export const authRoutes: Routes = async (app, { access, events, clock }) => {
  const tags = ['access'];
  const permission = 'readonly' as const;
  /** Has every node check the tokens of its streams; the first password ends those without one. */
  const accessEnded = () => events.publish('access', {});

  app.get(
    '/api/auth/status',
    {
      config: OPEN_API_ROUTE,
      schema: {
        tags,
        summary: 'Whether a password is set',
        response: { 200: statusAnswer },
      },
    },
    async () => ({ initialized: await access.isPasswordSet() }),
  );

  app.post(
    '/api/auth/bootstrap',
    {
      config: OPEN_API_ROUTE,
      schema: {
        tags,
        summary: 'Set the password, once',
        description: 'It needs at least 8 characters; a shorter one is refused with `PASSWORD_TOO_SHORT`.',
        body: passwordBody,
        response: { 200: messageAnswer, ...problems(409) },
      },
    },
    async ({ body }) => {
      await access.initializePassword(body.password);
      accessEnded();
      return { message: 'password initialized' };
    },
  );

  app.post(
    '/api/auth/login',
    {
      config: OPEN_API_ROUTE,
      schema: {
        tags,
        summary: 'Log in: exchange the password for a token',
        body: passwordBody,
        response: { 200: loginAnswer, ...problems(401, 412, 429) },
      },
    },
    async ({ body, ip }) => {
      const { token, expiresAt } = await access.login(body.password, ip);
      return { token, permission, expires_at: Math.floor(expiresAt / 1000) };
    },
  );

  app.post(
    '/api/auth/logout',
    {
      config: TOKEN_API_ROUTE,
      schema: { tags, summary: 'End this session', response: { 200: messageAnswer } },
    },
    async (request) => {
      await access.logout(bearerToken(request));
      accessEnded();
      return { message: 'logged out' };
    },
  );

  app.post(
    '/api/auth/logout-all',
    {
      config: TOKEN_API_ROUTE,
      schema: {
        tags,
        summary: 'End all sessions; service tokens stay valid',
        response: { 200: sessionsEndedAnswer },
      },
    },
    async () => {
      const ended = await access.endAllSessions();
      accessEnded();
      return { message: 'all sessions ended', ended };
    },
  );

  app.get(
    '/api/auth/tokens',
    {
      config: TOKEN_API_ROUTE,
      schema: {
        tags,
        summary: 'The service tokens, newest first',
        response: { 200: serviceTokensAnswer },
      },
    },
    async () => ({ items: (await access.serviceTokens()).map(answerOfServiceToken) }),
  );

  app.post(
    '/api/auth/tokens',
    {
      config: TOKEN_API_ROUTE,
      schema: {
        tags,
        summary: 'Make a service token, for a loop or a script',
        description: 'Only a session can: a service token that leaked makes no others.',
        body: newServiceToken,
        response: { 201: newServiceTokenAnswer, ...problems(403) },
      },
    },
    async (request, reply) => {
      const { name, expires_in_days: days } = request.body;
      const { kind } = await access.identify(bearerToken(request));
      if (kind !== 'session')
        throw new PaperdeskError(
          'SESSION_REQUIRED',
          'A service token cannot make others; log in with the password.',
        );
      const expiresAt = days === null ? null : clock.now() + days * DAY_MS;
      const made = await access.createServiceToken(name, expiresAt);
      return reply.code(201).send({ ...answerOfServiceToken(made), token: made.token });
    },
  );

  app.delete(
    '/api/auth/tokens/:id',
    {
      config: TOKEN_API_ROUTE,
      schema: {
        tags,
        summary: 'Revoke a service token',
        params: tokenParams,
        response: { 204: z.undefined() },
      },
    },
    async ({ params }, reply) => {
      await access.revokeServiceToken(params.id);
      accessEnded();
      return reply.code(204).send();
    },
  );

  app.get(
    '/api/me',
    {
      config: TOKEN_API_ROUTE,
      schema: { tags, summary: 'Permission and expiry of this token', response: { 200: meAnswer } },
    },
    async (request) => {
      const { expiresAt } = await access.identify(bearerToken(request));
      return { permission, expires_at: expiresAt === null ? null : String(Math.floor(expiresAt / 1000)) };
    },
  );
};

function answerOfServiceToken({
  id,
  name,
  createdAt,
  lastUsedAt,
  expiresAt,
}: ServiceToken): ServiceTokenAnswer {
  return {
    ...{ id, name },
    created_at: isoTimeWithOffset(createdAt),
    last_used_at: lastUsedAt === null ? null : isoTimeWithOffset(lastUsedAt),
    expires_at: expiresAt === null ? null : isoTimeWithOffset(expiresAt),
  };
}
