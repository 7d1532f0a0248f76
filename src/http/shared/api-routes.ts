/**
 * Configurations of the `/api/...` routes that keep the forms of the service they replace (factor-models.md#26):
 * an invalid field is 422, not 400.
 */
export const OPEN_API_ROUTE = { access: 'open', validationCode: 'FIELD_INVALID' } as const;
export const TOKEN_API_ROUTE = { access: 'token', validationCode: 'FIELD_INVALID' } as const;
