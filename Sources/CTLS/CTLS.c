#include "CTLS.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// TLS 1.2 only with forward secrecy and authenticated encryption; those of TLS 1.3 all are.
static const char ciphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
static const char suites[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

static const unsigned char protocol[] = "\x08http/1.1";

// MARK: The way to the socket

// OpenSSL's own raises SIGPIPE, and asks the kernel once more for each read to learn that there is no more. What is
// known of the socket lies in the BIO's pointer: its number, and these bits above.
enum { is_drained = 1, peer_has_ended = 2, is_at_end = 4 };

static uintptr_t bits(BIO *bio) { return (uintptr_t)BIO_get_data(bio) >> 32; }
static int descriptor(BIO *bio) { return (int)((uintptr_t)BIO_get_data(bio) & 0xFFFFFFFF); }
static void set_bits(BIO *bio, uintptr_t bits) {
    BIO_set_data(bio, (void *)(bits << 32 | (uintptr_t)descriptor(bio)));
}

static int bio_read(BIO *bio, char *bytes, int count) {
    BIO_clear_retry_flags(bio);
    if (bits(bio) & is_drained) {
        BIO_set_retry_read(bio);
        return -1;
    }
    ssize_t result;
    do result = read(descriptor(bio), bytes, (size_t)count);
    while (result < 0 && errno == EINTR);
    if (result < 0 && errno == EAGAIN) {
        BIO_set_retry_read(bio);
    } else if (result == 0) {
        set_bits(bio, bits(bio) | is_at_end);
    } else if (result > 0 && result < count && !(bits(bio) & peer_has_ended)) {
        set_bits(bio, bits(bio) | is_drained);
    }
    return (int)result;
}

static int bio_write(BIO *bio, const char *bytes, int count) {
    BIO_clear_retry_flags(bio);
    ssize_t result;
    do result = send(descriptor(bio), bytes, (size_t)count, MSG_NOSIGNAL);
    while (result < 0 && errno == EINTR);
    if (result < 0 && errno == EAGAIN) BIO_set_retry_write(bio);
    return (int)result;
}

static long bio_control(BIO *bio, int command, long number, void *pointer) {
    (void)number;
    (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return (bits(bio) & is_at_end) != 0;
    default: return 0;
    }
}

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static BIO_METHOD *method;

// MARK: Tickets

// OpenSSL would keep one key for as long as the process runs: whoever took it could then read all that was resumed by
// TLS 1.2 since the start. Tickets are made with the newest key; the one before is still known.
enum { ticket_key_seconds = 12 * 3600 };

struct ticket_key {
    unsigned char name[16], cipher[32], mac[32];
};

struct tickets {
    CRYPTO_RWLOCK *lock;
    struct ticket_key newest, previous;
    time_t made;
};

static int tickets_index;

/// Makes the newest key the one before. The lock is held.
static int rotate(struct tickets *tickets) {
    struct timespec now;
    struct ticket_key key;
    if (RAND_priv_bytes((unsigned char *)&key, sizeof key) != 1) return 0;
    tickets->previous = tickets->newest;
    tickets->newest = key;
    clock_gettime(CLOCK_MONOTONIC, &now);
    tickets->made = now.tv_sec;
    OPENSSL_cleanse(&key, sizeof key);
    return 1;
}

static void free_tickets(void *owner, void *pointer, CRYPTO_EX_DATA *data, int index, long number, void *unused) {
    (void)owner, (void)data, (void)index, (void)number, (void)unused;
    struct tickets *tickets = pointer;
    if (!tickets) return;
    CRYPTO_THREAD_lock_free(tickets->lock);
    OPENSSL_clear_free(tickets, sizeof *tickets);
}

static int add_tickets(SSL_CTX *context) {
    struct tickets *tickets = OPENSSL_zalloc(sizeof *tickets);
    if (!tickets) return 0;
    tickets->lock = CRYPTO_THREAD_lock_new();
    // Twice, so that no key is all zeros.
    if (tickets->lock && rotate(tickets) && rotate(tickets) &&
        SSL_CTX_set_ex_data(context, tickets_index, tickets) == 1)
        return 1;
    free_tickets(NULL, tickets, NULL, 0, 0, NULL);
    return 0;
}

int tls_context_rotate(SSL_CTX *context) {
    struct tickets *tickets = SSL_CTX_get_ex_data(context, tickets_index);
    if (!CRYPTO_THREAD_write_lock(tickets->lock)) return 0;
    int done = rotate(tickets);
    CRYPTO_THREAD_unlock(tickets->lock);
    return done;
}

/// Copies the key of that name, or the newest; -1 where there is none, 0 for the one before, 1 for the newest.
static int find_key(struct tickets *tickets, const unsigned char *name, struct ticket_key *key) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!CRYPTO_THREAD_write_lock(tickets->lock)) return -1;
    int found = -1;
    if (name || now.tv_sec - tickets->made < ticket_key_seconds || rotate(tickets)) {
        if (!name || !memcmp(name, tickets->newest.name, sizeof key->name)) {
            *key = tickets->newest;
            found = 1;
        } else if (!memcmp(name, tickets->previous.name, sizeof key->name)) {
            *key = tickets->previous;
            found = 0;
        }
    }
    CRYPTO_THREAD_unlock(tickets->lock);
    return found;
}

/// Prepares to make a ticket or to read one; see SSL_CTX_set_tlsext_ticket_key_evp_cb(3).
static int prepare_ticket(
    SSL *stream, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int makes) {
    // The context that the stream began with, whichever the name has chosen since.
    struct tickets *tickets = SSL_CTX_get_ex_data(SSL_get_app_data(stream), tickets_index);
    struct ticket_key key;
    int found = find_key(tickets, makes ? NULL : name, &key);
    if (found < 0) return makes ? -1 : 0;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac, sizeof key.mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0), OSSL_PARAM_construct_end()};
    int done = EVP_MAC_CTX_set_params(mac, parameters);
    if (makes) {
        memcpy(name, key.name, sizeof key.name);
        done = done && RAND_bytes(iv, EVP_MAX_IV_LENGTH) == 1;
    }
    done = done && EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key.cipher, iv, makes) == 1;
    OPENSSL_cleanse(&key, sizeof key);
    // 2: the ticket is good, and the client gets a new one.
    return !done ? -1 : found == 1 ? 1 : 2;
}

// MARK: Contexts

static void set_up(void) {
    tickets_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_tickets);
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "socket");
    if (!method) return;
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_ctrl(method, bio_control);
}

static int choose_protocol(
    SSL *stream, const unsigned char **chosen, unsigned char *length, const unsigned char *offered,
    unsigned int count, void *unused) {
    (void)stream;
    (void)unused;
    int found = SSL_select_next_proto(
        (unsigned char **)chosen, length, protocol, sizeof protocol - 1, offered, count);
    // RFC 7301 section 3.2: with nothing in common there is no connection.
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// A key that needs a passphrase is an error: OpenSSL would ask the terminal.
static int no_passphrase(char *buffer, int size, int is_writing, void *unused) {
    (void)buffer;
    (void)size;
    (void)is_writing;
    (void)unused;
    return -1;
}

SSL_CTX *tls_context_create(int minimum_version) {
    ERR_clear_error();
    if (!CRYPTO_THREAD_run_once(&once, set_up) || !method || tickets_index < 0) return NULL;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context) return NULL;
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    SSL_CTX_set_read_ahead(context, 1);
    // What a connection keeps while it is idle is what limits how many there can be.
    SSL_CTX_set_mode(
        context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    // HTTP frames its messages itself: an end without a close_notify cuts none of them off unseen.
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, prepare_ticket);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    if (!add_tickets(context) || SSL_CTX_set_min_proto_version(context, minimum_version) != 1 ||
        SSL_CTX_set_cipher_list(context, ciphers) != 1 || SSL_CTX_set_ciphersuites(context, suites) != 1 ||
        SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1 ||
        SSL_CTX_set_session_id_context(context, (const unsigned char *)"sitrep", 6) != 1) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

int tls_context_identify(SSL_CTX *context, const char *certificates, const char *key) {
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, certificates) != 1) return tls_no_certificate;
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        int reason = ERR_GET_REASON(ERR_peek_error());
        return reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH ? tls_key_mismatch
                                                                                         : tls_no_key;
    }
    return SSL_CTX_check_private_key(context) == 1 ? 0 : tls_key_mismatch;
}

int tls_context_verify(SSL_CTX *context, const char *authorities, int is_required) {
    ERR_clear_error();
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(authorities);
    if (!names) return tls_no_authorities;
    SSL_CTX_set_client_CA_list(context, names);
    if (SSL_CTX_load_verify_file(context, authorities) != 1) return tls_no_authorities;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
    return 0;
}

void tls_context_choose(SSL_CTX *context, tls_chooser choose, void *table) {
    SSL_CTX_set_tlsext_servername_callback(context, choose);
    SSL_CTX_set_tlsext_servername_arg(context, table);
}

/// Whether a name is one that DNS and RFC 6125 section 6.4.3 have; nothing else is ever matched.
static int is_name(const unsigned char *text, size_t length) {
    if (length == 0 || length > 255) return 0;
    for (size_t i = 0; i < length; i++)
        if (!isalnum(text[i]) && !memchr("-._*", text[i], 4)) return 0;
    return 1;
}

static void append(BIO *list, const ASN1_STRING *name) {
    const unsigned char *text = ASN1_STRING_get0_data(name);
    size_t length = (size_t)ASN1_STRING_length(name);
    if (!is_name(text, length)) return;
    BIO_write(list, text, (int)length);
    BIO_write(list, "\n", 1);
}

char *tls_context_names(const SSL_CTX *context) {
    X509 *certificate = SSL_CTX_get0_certificate(context);
    BIO *list = BIO_new(BIO_s_mem());
    if (!list) return NULL;
    int has_names = 0;
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS) continue;
        has_names = 1;
        append(list, name->d.dNSName);
    }
    GENERAL_NAMES_free(names);
    X509_NAME *subject = X509_get_subject_name(certificate);
    int place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    // RFC 6125 section 6.4.4: the common name counts only where there are no others.
    if (!has_names && place >= 0)
        append(list, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)));
    BIO_write(list, "", 1);
    char *bytes;
    long count = BIO_get_mem_data(list, &bytes);
    char *text = OPENSSL_memdup(bytes, (size_t)count);
    BIO_free(list);
    return text;
}

void tls_free(char *text) { OPENSSL_free(text); }

int64_t tls_context_seconds_left(const SSL_CTX *context) {
    int days = 0, seconds = 0;
    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(SSL_CTX_get0_certificate(context)));
    return (int64_t)days * 86400 + seconds;
}

// MARK: Streams

SSL *tls_stream_create(SSL_CTX *context, int descriptor) {
    ERR_clear_error();
    SSL *stream = SSL_new(context);
    BIO *bio = BIO_new(method);
    if (!stream || !bio || SSL_set_app_data(stream, context) != 1) {
        SSL_free(stream);
        BIO_free(bio);
        return NULL;
    }
    BIO_set_data(bio, (void *)(uintptr_t)(uint32_t)descriptor);
    BIO_set_init(bio, 1);
    SSL_set_bio(stream, bio, bio);
    SSL_set_accept_state(stream);
    return stream;
}

void tls_stream_ready(SSL *stream, int has_peer_ended) {
    BIO *bio = SSL_get_rbio(stream);
    set_bits(bio, (bits(bio) & ~(uintptr_t)is_drained) | (has_peer_ended ? peer_has_ended : 0));
}

/// What a call came to that did not succeed.
static int failure(SSL *stream, int result) {
    switch (SSL_get_error(stream, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return tls_would_block;
    case SSL_ERROR_ZERO_RETURN: return tls_ended;
    default: return tls_failed;
    }
}

/// An error that another stream of this thread has left would be taken for one of this call.
static void forget_errors(void) {
    if (ERR_peek_error()) ERR_clear_error();
}

int tls_stream_handshake(SSL *stream) {
    forget_errors();
    int result = SSL_do_handshake(stream);
    return result == 1 ? 0 : failure(stream, result);
}

int64_t tls_stream_read(SSL *stream, void *bytes, size_t count) {
    forget_errors();
    size_t moved;
    int result = SSL_read_ex(stream, bytes, count, &moved);
    return result == 1 ? (int64_t)moved : failure(stream, result);
}

int64_t tls_stream_write(SSL *stream, const void *bytes, size_t count) {
    forget_errors();
    size_t moved;
    int result = SSL_write_ex(stream, bytes, count, &moved);
    return result == 1 ? (int64_t)moved : failure(stream, result);
}

void tls_stream_end(SSL *stream) {
    if (!SSL_is_init_finished(stream) || SSL_get_shutdown(stream) & SSL_SENT_SHUTDOWN) return;
    forget_errors();
    SSL_shutdown(stream);
    forget_errors();
}

const char *tls_take_reason(void) {
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    return reason;
}
