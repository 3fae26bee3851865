// Package jitsimeet is what the stand-ins for JaaS and for a self-hosted Jitsi server have in common, both being the
// same open-source client and server: tokens as far as everybody reads them alike, names of rooms, the web client's
// own checks, and the form in which the sandboxes' APIs for joining speak.
//
//   - https://github.com/jitsi/jitsi-meet/tree/master/resources/prosody-plugins
//   - https://github.com/jitsi/jitsi-meet/tree/master/react/features/base
package jitsimeet
