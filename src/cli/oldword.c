/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "config/option/option.h"
#include "cli/oldword.h"

/*
 * Sendmail Installation and Operation Guide, section 5.6, of 8.18. What asks
 * for protection of a kind that we have not, as DANE does, is left out.
 */
static const char *const words[] = {
	"AliasFile", "AliasWait", "AllowBogusHELO", "AuthMaxBits",
	"AuthMechanisms", "AuthOptions", "AuthRealm", "BadRcptThrottle",
	"BlankSub", "CACertFile", "CACertPath", "CertFingerprintAlgorithm",
	"CheckAliases", "CheckpointInterval", "CipherList", "CipherSuites",
	"ClassFactor", "ClientCertFile", "ClientKeyFile", "ClientPortOptions",
	"ClientSSLOptions", "ColonOkInAddr", "ConnectOnlyTo",
	"ConnectionCacheSize", "ConnectionCacheTimeout",
	"ConnectionRateThrottle", "ConnectionRateWindowSize",
	"ControlSocketName", "DHParameters", "DaemonPortOptions",
	"DataFileBufferSize", "DeadLetterDrop", "DefaultAuthInfo",
	"DefaultCharSet", "DefaultUser", "DelayLA", "DeliverByMin",
	"DeliveryMode", "DialDelay", "DirectSubmissionModifiers",
	"DontBlameSendmail", "DontExpandCnames", "DontInitGroups",
	"DontProbeInterfaces", "DontPruneRoutes", "DoubleBounceAddress",
	"EightBitMode", "ErrorHeader", "ErrorMode", "FallbackMXhost",
	"FallbackSmartHost", "FastSplit", "ForkEachJob", "ForwardPath",
	"HeloName", "HelpFile", "HoldExpensive", "HostStatusDirectory",
	"HostsFile", "IgnoreDots", "InputMailFilters", "LDAPDefaultSpec",
	"LogLevel", "MailboxDatabase", "MatchGECOS", "MaxAliasRecursion",
	"MaxDaemonChildren", "MaxHeadersLength", "MaxHopCount",
	"MaxMessageSize", "MaxMimeHeaderLength", "MaxNOOPCommands",
	"MaxQueueChildren", "MaxQueueRunSize", "MaxRecipientsPerMessage",
	"MaxRunnersPerQueue", "MeToo", "MinFreeBlocks", "MinQueueAge",
	"MustQuoteChars", "NiceQueueRun", "NoRecipientAction",
	"OldStyleHeaders", "OperatorChars", "PidFile", "PostmasterCopy",
	"PrivacyOptions", "ProcessTitlePrefix", "QueueDirectory",
	"QueueFactor", "QueueFileMode", "QueueLA", "QueueSortOrder",
	"QueueTimeout", "RandFile", "RecipientFactor", "RefuseLA",
	"RejectLogInterval", "RequiresDirfsync", "ResolverOptions",
	"RetryFactor", "RrtImpliesDsn", "RunAsUser", "SafeFileEnvironment",
	"SaveFromLine", "SendMimeErrors", "ServerCertFile", "ServerKeyFile",
	"ServerSSLOptions", "ServiceSwitchFile", "SevenBitInput",
	"SharedMemoryKey", "SharedMemoryKeyFile", "SingleLineFromHeader",
	"SingleThreadDelivery", "SmtpGreetingMessage", "SoftBounce",
	"SSLEngine", "SSLEnginePath", "StatusFile", "SuperSafe",
	"TempFileMode", "TimeZoneSpec", "TLSFallbacktoClear", "TLSSrvOptions",
	"TrustedUser", "TryNullMXList", "UnixFromLine", "UnsafeGroupWrites",
	"UseCompressedIPv6Addresses", "UseErrorsTo", "UseMSP",
	"UserDatabaseSpec", "UserSubmission", "Verbose",
	"XscriptFileBufferSize",
};

#define WORDS (sizeof(words) / sizeof(words[0]))

/* These have names below them. */
static const char *const families[] = { "Timeout.", "Milter." };

bool
oldword_is_known(const char *s, size_t n)
{
	for (size_t i = 0; i < WORDS; i++)
		if (text_same_word(s, n, words[i]))
			return true;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (n > strlen(families[i]) &&
		    text_same_word(s, strlen(families[i]), families[i]))
			return true;
	return false;
}

const char *
oldword_nearest(const char *s, size_t n)
{
	size_t best = SIZE_MAX, edits;
	const char *word = NULL;

	for (size_t i = 0; i < WORDS; i++) {
		edits = option_slip(s, n, words[i]);
		if (edits < best) {
			best = edits;
			word = words[i];
		}
	}
	return word;
}
