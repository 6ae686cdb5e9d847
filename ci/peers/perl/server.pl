#!/usr/bin/perl
# The Mini Chat lab, solved in Perl on Mojolicious: HTTP, frames, masks and the event loop are written in Perl, and share
# no line with the libraries of the other peers (JSON is read by a C library where that is installed). One callback runs at a time and send() never waits, which alone gives
# everybody the same order (P11). The P numbers are the rules of reference-server/PROTOCOL.md.
use Mojo::Base -strict, -signatures;

use Getopt::Long qw(GetOptions);
use Mojo::IOLoop;
use Mojo::JSON qw(decode_json encode_json);
use Mojo::Server::Daemon;
use Mojo::Util qw(decode);
use Mojolicious;

use constant MAX_MESSAGE_BYTES => 2 * 2**20;    # a text of 1 MiB and the JSON around it
use constant LOGGED_BYTES      => 200;          # of a message that was not recognized

my @logged_in;                                  # {socket, name}, in the order of login

sub broadcast ($bytes) {
  $_->{socket}->send({text => $bytes}) for @logged_in;
}

sub announce ($kind) {
  broadcast(encode_json({type => $kind, users => [map { $_->{name} } @logged_in]}));
}

# P6: the sender alone hears of its mistake, and stays connected.
sub answer_error ($socket, $error, $details) {
  $socket->send({text => encode_json({error => $error, details => $details})});
}

# A string, and not a number: JSON tells them apart, Perl hardly does.
sub is_name ($value) {
  return defined $value && !ref $value && encode_json([$value]) =~ /^\["/ && length $value;
}

sub login ($socket, $username) {
  if (!is_name($username)) {                    # P9
    return answer_error($socket, 'A login needs a username.', '"username" must be a string that is not empty.');
  }
  my ($user) = grep { $_->{socket} == $socket } @logged_in;
  push @logged_in, $user = {socket => $socket} unless $user;
  $user->{name} = $username;                    # P2: a second login keeps its place
  announce('login');
}

# P3: first out of the list, so that the leaver is neither named nor told. False: it was not in there.
sub forget ($socket) {
  my $before = @logged_in;
  @logged_in = grep { $_->{socket} != $socket } @logged_in;
  return 0 if @logged_in == $before;
  announce('disconnect');
  return 1;
}

sub respond_to_message ($socket, $bytes) {
  my $data = eval { decode_json($bytes) };
  if (ref $data ne 'HASH') {
    return answer_error($socket, 'Expected one JSON object per message.', 'It must be a text message with an object.');
  }
  my $type = $data->{type} // '';
  if    ($type eq 'login') { login($socket, $data->{username}) }
  elsif ($type eq 'chat')  { broadcast($bytes) }    # P4: the text as it came
  elsif ($type eq 'disconnect') {
    forget($socket) or warn "disconnect from a socket that is not logged in\n";    # P8
  }
  else {
    warn 'Unrecognized message type: ', substr(encode_json([decode('UTF-8', $bytes)]), 0, LOGGED_BYTES), "\n";    # P5
  }
}

sub serve_connection ($c) {
  my $socket = $c->tx->max_websocket_size(MAX_MESSAGE_BYTES);
  $c->rendered(101);
  $c->inactivity_timeout(0);                    # people may listen without saying anything
  $socket->on(
    text => sub ($socket, $bytes) {
      return $socket->finish(1007) unless defined decode('UTF-8', $bytes);
      respond_to_message($socket, $bytes);
    }
  );
  $socket->on(
    binary => sub ($socket, $) {
      answer_error($socket, 'Expected one JSON object per message.', 'expected a text frame, got a binary one');
    }
  );
  $socket->on(finish => sub ($socket, @) { forget($socket) });    # P7: it may have left without a disconnect
}

my $port = $ENV{PORT} || $ENV{WS_PORT} || 8081;
$port = $ENV{PORT} if length($ENV{PORT} // '');                   # "0" is false in Perl
GetOptions('port=i' => \$port) or exit 2;

my $app = Mojolicious->new(secrets => ['no cookies are set']);
$app->log->level('error');
$app->routes->websocket('/*room' => {room => ''})->to(cb => \&serve_connection);

my $daemon = Mojo::Server::Daemon->new(app => $app, listen => ["http://127.0.0.1:$port"], silent => 1);
if (!eval { $daemon->start }) {
  print STDERR 'server.pl: ', $@ =~ s/ at \S+ line \d+\.$//r;
  exit 2;
}
$SIG{INT} = $SIG{TERM} = sub { exit 0 };
$| = 1;
say 'listening on ws://127.0.0.1:', $daemon->ports->[0];
Mojo::IOLoop->start;
