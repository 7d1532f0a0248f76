import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Access } from '../../auth/access.ts';
import { bearerToken } from '../plugins/access.ts';
import { problems } from '../shared/problem-schema.ts';
import { isoTimeWithOffset } from '../shared/time-schema.ts';
import {
  loginAnswer,
  meAnswer,
  messageAnswer,
  passwordBody,
  serviceTokensAnswer,
  sessionsEndedAnswer,
  statusAnswer,
  tokenParams,
} from './schema.ts';

/** `/api/auth/*` and `/api/me` (factor-models.md#28). */
export const authRoutes: FastifyPluginAsyncZod<{ access: Access }> = async (app, { access }) => {
  const tags = ['access'];
  const open = { access: 'open', validationCode: 'FIELD_INVALID' } as const;
  const withToken = { access: 'token', validationCode: 'FIELD_INVALID' } as const;
  const permission = 'readonly' as const;

  app.get(
    '/api/auth/status',
    {
      config: open,
      schema: {
        tags,
        summary: 'Whether there is a password',
        response: { 200: statusAnswer },
      },
    },
    async () => ({ initialized: await access.isPasswordSet() }),
  );

  app.post(
    '/api/auth/bootstrap',
    {
      config: open,
      schema: {
        tags,
        summary: 'Set the password, once',
        body: passwordBody,
        response: { 200: messageAnswer, ...problems(409, 422) },
      },
    },
    async ({ body }) => {
      await access.initializePassword(body.password);
      return { message: 'password initialized' };
    },
  );

  app.post(
    '/api/auth/login',
    {
      config: open,
      schema: {
        tags,
        summary: 'A token for the password',
        body: passwordBody,
        response: { 200: loginAnswer, ...problems(401, 412, 422, 429) },
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
      config: withToken,
      schema: { tags, summary: 'End this session', response: { 200: messageAnswer, ...problems(401) } },
    },
    async (request) => {
      await access.logout(bearerToken(request));
      return { message: 'logged out' };
    },
  );

  app.post(
    '/api/auth/logout-all',
    {
      config: withToken,
      schema: {
        tags,
        summary: 'End all sessions; service tokens stay',
        response: { 200: sessionsEndedAnswer, ...problems(401) },
      },
    },
    async () => ({ message: 'all sessions ended', ended: await access.endAllSessions() }),
  );

  app.get(
    '/api/auth/tokens',
    {
      config: withToken,
      schema: {
        tags,
        summary: 'The service tokens, newest first',
        response: { 200: serviceTokensAnswer, ...problems(401) },
      },
    },
    async () => ({
      items: (await access.serviceTokens()).map(({ id, name, createdAt, lastUsedAt }) => ({
        id,
        name,
        created_at: isoTimeWithOffset(createdAt),
        last_used_at: lastUsedAt === null ? null : isoTimeWithOffset(lastUsedAt),
      })),
    }),
  );

  app.delete(
    '/api/auth/tokens/:id',
    {
      config: withToken,
      schema: {
        tags,
        summary: 'Revoke a service token',
        params: tokenParams,
        response: { 204: z.undefined(), ...problems(401, 404) },
      },
    },
    async ({ params }, reply) => {
      await access.revokeServiceToken(params.id);
      return reply.code(204).send();
    },
  );

  app.get(
    '/api/me',
    {
      config: withToken,
      schema: { tags, summary: 'Whose token this is', response: { 200: meAnswer, ...problems(401) } },
    },
    async (request) => {
      const { expiresAt } = await access.identify(bearerToken(request));
      return { permission, expires_at: expiresAt === null ? null : String(Math.floor(expiresAt / 1000)) };
    },
  );
};
