// What Swift cannot say of OpenSSL: its macros, its callbacks, and a way to the socket of our own.
#ifndef CTLS_H
#define CTLS_H
#include <openssl/types.h>
#include <stddef.h>
#include <stdint.h>

/// What an operation came to, where it did not succeed.
enum {
    tls_would_block = -1,
    /// The peer has ended its side.
    tls_ended = -2,
    /// The stream is broken; `tls_take_reason` says why.
    tls_failed = -3,
};

/// What was wrong with a file.
enum {
    tls_no_certificate = -11,
    tls_no_key = -12,
    tls_key_mismatch = -13,
    tls_no_authorities = -14,
};

/// A context of a server with everything set that does not depend on files; `minimum_version` is TLS1_2_VERSION or
/// TLS1_3_VERSION. NULL where there is no memory.
SSL_CTX *tls_context_create(int minimum_version);
/// Takes a chain of certificates and the key of the first from PEM files.
int tls_context_identify(SSL_CTX *context, const char *certificates, const char *key);
/// Asks the peer for a certificate that one of the authorities in a PEM file has signed.
int tls_context_verify(SSL_CTX *context, const char *authorities, int is_required);
typedef int (*tls_chooser)(SSL *stream, int *alert, void *table);
/// Has `choose` called in the handshake once it is known which name the client asks for.
void tls_context_choose(SSL_CTX *context, tls_chooser choose, void *table);
/// Changes the key of tickets: those of the last key are good until the next change. It happens by itself twice a day.
int tls_context_rotate(SSL_CTX *context);
/// The DNS names that the certificate is for, a line each, to be freed with `tls_free`; NULL where there is no memory.
char *tls_context_names(const SSL_CTX *context);
/// Seconds until the certificate is not valid any more, negative once it is not.
int64_t tls_context_seconds_left(const SSL_CTX *context);
void tls_free(char *text);

/// Puts TLS over a non-blocking socket, which stays the caller's; NULL where there is no memory.
SSL *tls_stream_create(SSL_CTX *context, int descriptor);
/// The socket may have something to read; otherwise it is not looked at once a read has emptied it.
void tls_stream_ready(SSL *stream, int has_peer_ended);
/// 0 once the handshake is done.
int tls_stream_handshake(SSL *stream);
int64_t tls_stream_read(SSL *stream, void *bytes, size_t count);
int64_t tls_stream_write(SSL *stream, const void *bytes, size_t count);
/// Tells the peer that nothing more will be sent, once; not for a stream that is broken.
void tls_stream_end(SSL *stream);
/// The reason of the last error, for the log, and forgets all errors.
const char *tls_take_reason(void);
#endif
