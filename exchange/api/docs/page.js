"use strict";

// Nothing can be tried here: a browser cannot sign requests, and an unsigned one is refused.
window.SwaggerUIBundle({
  url: "../openapi.json",
  dom_id: "#document",
  supportedSubmitMethods: [],
  validatorUrl: null,
  queryConfigEnabled: false,
  persistAuthorization: false,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
});
