// Package jitsimeet holds what every Jitsi Meet has, be it 8x8's or a team's own: how its web client reads the name of
// a room, what its servers take for a pattern, and what a participant's token can say. It sends nothing and signs nothing.
//
// What is written here was read in the public sources, https://github.com/jitsi/jitsi-meet.
package jitsimeet
